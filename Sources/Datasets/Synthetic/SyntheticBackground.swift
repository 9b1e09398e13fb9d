/// The background of an image: a gradient between two colours with a cloudy texture.
struct SyntheticBackground {
  private let near: SIMD3<Float>
  private let far: SIMD3<Float>
  private let direction: SIMD2<Float>
  private let cloudiness: Float
  private let cells: Int
  private let lattice: [Float]

  init(_ draws: inout SyntheticDraws, colors: Palette) {
    near = colors.ground
    far = colors.groundFar
    let (c, s) = draws.anyTurn()
    direction = [c / 40, s / 40]
    cloudiness = draws.uniform(0.02, 0.2)
    cells = 3 + draws.index(8)
    let count = (cells + 1) * (cells + 1)
    lattice = (0..<count).map { _ in draws.uniform(-1, 1) }
  }

  func color(_ x: Float, _ y: Float) -> SIMD3<Float> {
    let along = max(0, min(1, 0.5 + (x - 16) * direction.x + (y - 16) * direction.y))
    return blend(near, far, along) + cloud(x, y) * cloudiness
  }

  /// Smoothly interpolated lattice noise between -1 and 1.
  private func cloud(_ x: Float, _ y: Float) -> Float {
    let (u, v) = (x / 32 * Float(cells), y / 32 * Float(cells))
    let (column, row) = (min(Int(u), cells - 1), min(Int(v), cells - 1))
    let (a, b) = (smooth(u - Float(column)), smooth(v - Float(row)))
    let start = row * (cells + 1) + column
    let top = lattice[start] + (lattice[start + 1] - lattice[start]) * a
    let below = start + cells + 1
    let bottom = lattice[below] + (lattice[below + 1] - lattice[below]) * a
    return top + (bottom - top) * b
  }

  private func smooth(_ t: Float) -> Float { t * t * (3 - 2 * t) }
}
