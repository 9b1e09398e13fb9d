/// Signed distances from a point to the parts of a figure: negative inside, in units of the figure's radius.
struct FigureDistance {
  /// Beyond any edge.
  static let far: Float = 8

  /// To the figure as a whole.
  var body: Float
  /// To the marks on it (eyes and mouth, stripes, ...), painted in a second colour; `far` when it has none.
  var marks: Float = far
}

extension SyntheticFigure {
  /// The distance at point `(x, y)`, y pointing down; the figure fills about the unit disc.
  ///
  /// - Parameters:
  ///   - line: half the width of lines, 0.08...0.16.
  ///   - density: how many stripes, checks or dots, 2...3.5 in each direction.
  func distance(_ x: Float, _ y: Float, line: Float, density: Float) -> FigureDistance {
    switch self {
    case .disc: FigureDistance(body: length(x, y) - 0.92)
    case .hexagon: FigureDistance(body: polygon(Outline.hexagon, x, y))
    case .square: FigureDistance(body: max(abs(x), abs(y)) - 0.76)
    case .house: FigureDistance(body: polygon(Outline.house, x, y))
    case .smile: face(x, y, mouth: arc(x, y + 0.12, radius: 0.56, halfWidth: 0.09, from: 0.26))
    case .frown: face(x, y, mouth: arc(x, 0.86 - y, radius: 0.56, halfWidth: 0.09, from: 0.26))
    case .ring: FigureDistance(body: abs(length(x, y) - 0.75) - line * 1.4)
    case .brokenRing:
      FigureDistance(body: max(abs(length(x, y) - 0.75) - line * 1.4, -max(-x, abs(y) - 0.3)))
    case .triangle: FigureDistance(body: polygon(Outline.triangle, x, y))
    case .arrowhead: FigureDistance(body: polygon(Outline.arrowhead, x, y))
    case .fiveStar: FigureDistance(body: polygon(Outline.fiveStar, x, y))
    case .sixStar: FigureDistance(body: polygon(Outline.sixStar, x, y))
    case .target: FigureDistance(body: rings(x, y) - line)
    case .spiral: FigureDistance(body: spiralLine(x, y) - line)
    case .plus: FigureDistance(body: cross(x, y, barAt: 0, barHalfLength: 0.9))
    case .dagger: FigureDistance(body: cross(x, y, barAt: -0.36, barHalfLength: 0.66))
    case .stripes: patch(x, y, marks: wave(x * density) / density)
    case .zigzag: patch(x, y, marks: wave(x * density + 1.1 * wave(y * density * 0.9)) / density)
    case .checks: patch(x, y, marks: checker(x * density * 0.8, y * density * 0.8) / density)
    case .dots: patch(x, y, marks: dotGrid(x * density * 0.8, y * density * 0.8) / density)
    case .letterE: FigureDistance(body: letter(x, y, hasFoot: true) - line * 1.25)
    case .letterF: FigureDistance(body: letter(x, y, hasFoot: false) - line * 1.25)
    case .heart: FigureDistance(body: heartShape(x, y))
    case .spade:
      FigureDistance(body: min(heartShape(x * 1.15, -y * 1.15 - 0.2) / 1.15, polygon(Outline.stem, x, y)))
    }
  }

  private func length(_ x: Float, _ y: Float) -> Float { (x * x + y * y).squareRoot() }

  private func face(_ x: Float, _ y: Float, mouth: Float) -> FigureDistance {
    let eyes = length(abs(x) - 0.34, y + 0.28) - 0.14
    return FigureDistance(body: length(x, y) - 0.95, marks: min(eyes, mouth))
  }

  /// The lower part of a circle's line, below `from`.
  private func arc(_ x: Float, _ y: Float, radius: Float, halfWidth: Float, from: Float) -> Float {
    max(abs(length(x, y) - radius) - halfWidth, from - y)
  }

  /// A round piece of cloth with a pattern.
  private func patch(_ x: Float, _ y: Float, marks: Float) -> FigureDistance {
    let body = max(max(abs(x), abs(y)) - 0.86, length(x, y) - 1.05)
    return FigureDistance(body: body, marks: max(marks, body + 0.06))
  }

  /// A triangle wave of period 1 between -0.25 and 0.25.
  private func wave(_ value: Float) -> Float {
    let phase = value - value.rounded(.down)
    return abs(phase - 0.5) - 0.25
  }

  private func checker(_ x: Float, _ y: Float) -> Float {
    let (a, b) = (wave(x), wave(y))
    // Inside where both waves have the same sign; the distance is that to the nearer line.
    return a * b > 0 ? -min(abs(a), abs(b)) : min(abs(a), abs(b))
  }

  private func dotGrid(_ x: Float, _ y: Float) -> Float {
    let (a, b) = (x * 1.3, y * 1.3)
    return length(a - a.rounded(.down) - 0.5, b - b.rounded(.down) - 0.5) - 0.3
  }

  /// The middle lines of three concentric circles.
  private func rings(_ x: Float, _ y: Float) -> Float {
    let r = length(x, y)
    return min(abs(r - 0.18), min(abs(r - 0.54), abs(r - 0.9)))
  }

  /// A spiral of half circles: upper ones around the middle, lower ones around a point one pitch to the left.
  private func spiralLine(_ x: Float, _ y: Float) -> Float {
    if y < 0 { return rings(x, y) }
    let r = length(x + 0.18, y)
    // The ends of the first and the last half circle, so that the line stops round instead of cut.
    let ends = min(length(x - 0.18, y), length(x - 0.9, y))
    return min(min(abs(r - 0.36), abs(r - 0.72)), ends)
  }

  private func cross(_ x: Float, _ y: Float, barAt: Float, barHalfLength: Float) -> Float {
    let upright = max(abs(x) - 0.24, abs(y) - 0.92)
    let bar = max(abs(x) - barHalfLength, abs(y - barAt) - 0.24)
    return min(upright, bar)
  }

  /// The middle lines of an E, or of an F without the foot.
  private func letter(_ x: Float, _ y: Float, hasFoot: Bool) -> Float {
    let stem = segment(x, y, -0.5, -0.78, -0.5, 0.78)
    let top = segment(x, y, -0.5, -0.78, 0.55, -0.78)
    let middle = segment(x, y, -0.5, 0, 0.4, 0)
    let lines = min(stem, min(top, middle))
    return hasFoot ? min(lines, segment(x, y, -0.5, 0.78, 0.55, 0.78)) : lines
  }

  private func heartShape(_ x: Float, _ y: Float) -> Float {
    let lobe = length(abs(x) - 0.42, y + 0.32) - 0.48
    return min(lobe, polygon(Outline.heartTip, x, y))
  }

  private func segment(
    _ x: Float, _ y: Float, _ x0: Float, _ y0: Float, _ x1: Float, _ y1: Float
  ) -> Float {
    let (dx, dy, px, py) = (x1 - x0, y1 - y0, x - x0, y - y0)
    let along = max(0, min(1, (px * dx + py * dy) / (dx * dx + dy * dy)))
    return length(px - along * dx, py - along * dy)
  }

  private func polygon(_ corners: [SIMD2<Float>], _ x: Float, _ y: Float) -> Float {
    var nearest = Float.greatestFiniteMagnitude
    var isInside = false
    var (x0, y0) = (corners[corners.count - 1].x, corners[corners.count - 1].y)
    for corner in corners {
      let (x1, y1) = (corner.x, corner.y)
      let (dx, dy, px, py) = (x1 - x0, y1 - y0, x - x0, y - y0)
      let along = max(0, min(1, (px * dx + py * dy) / (dx * dx + dy * dy)))
      let (ex, ey) = (px - along * dx, py - along * dy)
      nearest = min(nearest, ex * ex + ey * ey)
      // Crossings of a ray to the right, without division.
      if (y1 > y) != (y0 > y), (py * dx < px * dy) != (dy < 0) { isInside.toggle() }
      (x0, y0) = (x1, y1)
    }
    let distance = nearest.squareRoot()
    return isInside ? -distance : distance
  }
}

/// Corners of the figures, y down. Sines and cosines stand as decimals: a library's may differ in the last bit.
private enum Outline {
  static let hexagon: [SIMD2<Float>] = [
    [0.95, 0], [0.475, 0.8227], [-0.475, 0.8227], [-0.95, 0], [-0.475, -0.8227], [0.475, -0.8227],
  ]
  static let house: [SIMD2<Float>] = [
    [0, -0.98], [0.92, -0.22], [0.66, -0.22], [0.66, 0.8], [-0.66, 0.8], [-0.66, -0.22], [-0.92, -0.22],
  ]
  static let triangle: [SIMD2<Float>] = [[0, -1], [0.866, 0.6], [-0.866, 0.6]]
  static let arrowhead: [SIMD2<Float>] = [[0, -1], [0.866, 0.75], [0, 0.22], [-0.866, 0.75]]
  static let fiveStar: [SIMD2<Float>] = [
    [0, -1], [0.2469, -0.3398], [0.9511, -0.309], [0.3994, 0.1298], [0.5878, 0.809], [0, 0.42], [-0.5878, 0.809],
    [-0.3994, 0.1298], [-0.9511, -0.309], [-0.2469, -0.3398],
  ]
  static let sixStar: [SIMD2<Float>] = [
    [0, -1], [0.25, -0.433], [0.866, -0.5], [0.5, 0], [0.866, 0.5], [0.25, 0.433], [0, 1], [-0.25, 0.433],
    [-0.866, 0.5], [-0.5, 0], [-0.866, -0.5], [-0.25, -0.433],
  ]
  static let stem: [SIMD2<Float>] = [[0.1, 0.2], [0.36, 0.95], [-0.36, 0.95], [-0.1, 0.2]]
  static let heartTip: [SIMD2<Float>] = [[0.82, -0.05], [0, 0.92], [-0.82, -0.05], [0, -0.32]]
}
