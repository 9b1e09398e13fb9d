/// Paints one image: background, clutter, figure, occlusion, noise. All nuisances are drawn from the image's own source.
struct SyntheticPainter {
  static let side = 32

  private let figure: SyntheticFigure
  private let frame: Frame
  private let line: Float
  private let density: Float
  private let outlineWidth: Float  // in pixels; 0: none
  private let colors: Palette
  private let ground: SyntheticBackground
  private let blots: [SyntheticStroke]  // behind the figure
  private let cover: SyntheticStroke?  // in front of it
  private let shade: SIMD2<Float>
  private let exposure: (gain: Float, offset: Float)
  private let noise: Float
  private let noiseWords: CounterHash

  init(_ figure: SyntheticFigure, source: CounterHash) {
    var draws = SyntheticDraws(source)
    self.figure = figure
    frame = Frame(&draws, turnsFreely: figure.turnsFreely)
    line = draws.uniform(0.085, 0.15)
    density = draws.uniform(2.2, 3.2)
    outlineWidth = !figure.isDrawnInLines && draws.chance(0.35) ? draws.uniform(0.7, 1.4) : 0
    colors = Palette(&draws)
    ground = SyntheticBackground(&draws, colors: colors)
    var blots: [SyntheticStroke] = []
    for _ in 0..<draws.index(5) { blots.append(SyntheticStroke(clutter: &draws, colors: colors)) }
    self.blots = blots
    cover = draws.chance(0.45) ? SyntheticStroke(covering: frame, &draws, colors: colors) : nil
    shade = [draws.uniform(-0.16, 0.16), draws.uniform(-0.16, 0.16)]
    exposure = (draws.uniform(0.8, 1.1), draws.uniform(-0.06, 0.06))
    noise = draws.uniform(0.02, 0.11)
    noiseWords = source.child(1)
  }

  /// Writes the image's `[32, 32, 3]` bytes.
  func paint(into pixels: UnsafeMutableBufferPointer<UInt8>) {
    for y in 0..<Self.side {
      for x in 0..<Self.side {
        let color = exposed(self.color(Float(x) + 0.5, Float(y) + 0.5), y * Self.side + x)
        let start = (y * Self.side + x) * 3
        for channel in 0..<3 { pixels[start + channel] = UInt8(color[channel] * 255 + 0.5) }
      }
    }
  }

  /// The scene's colour at a point, before exposure and noise.
  private func color(_ x: Float, _ y: Float) -> SIMD3<Float> {
    var color = ground.color(x, y)
    for blot in blots { color = blend(color, blot.color, blot.coverage(x, y)) }
    color = withFigure(color, x, y)
    if let cover { color = blend(color, cover.color, cover.coverage(x, y)) }
    return color
  }

  private func withFigure(_ below: SIMD3<Float>, _ x: Float, _ y: Float) -> SIMD3<Float> {
    let layers = figureCoverage(x, y)
    var color = below
    if layers.outline > 0 { color = blend(color, colors.outline, layers.outline) }
    if layers.body > 0 {
      let light = 1 + (x / 16 - 1) * shade.x + (y / 16 - 1) * shade.y
      color = blend(color, colors.figure * light, layers.body)
    }
    if layers.marks > 0 { color = blend(color, colors.marks, layers.marks) }
    return color
  }

  /// How much of the pixel around a point each layer covers.
  ///
  /// Far from edges one look at the middle is enough; elsewhere four points of the pixel are averaged.
  private func figureCoverage(_ x: Float, _ y: Float) -> (outline: Float, body: Float, marks: Float) {
    let (u, v) = frame.local(x, y)
    let reach = 1 / frame.scale
    if u * u + v * v > 1.7 + 6 * reach { return (0, 0, 0) }
    let middle = figure.distance(u, v, line: line, density: density)
    let isPlain = { (distance: Float) in abs(distance) > 1.3 * reach }
    if outlineWidth == 0, isPlain(middle.body), isPlain(middle.marks) {
      return (0, middle.body < 0 ? 1 : 0, middle.body < 0 && middle.marks < 0 ? 1 : 0)
    }
    var sum: (outline: Float, body: Float, marks: Float) = (0, 0, 0)
    for (dx, dy) in Self.subpixels {
      let (u, v) = frame.local(x + dx, y + dy)
      let distance = figure.distance(u, v, line: line, density: density)
      let body = edge(distance.body)
      sum.body += body
      sum.marks += min(body, edge(distance.marks))
      if outlineWidth > 0 { sum.outline += edge(distance.body - outlineWidth * reach) }
    }
    return (sum.outline * 0.25, sum.body * 0.25, sum.marks * 0.25)
  }

  private static let subpixels: [(Float, Float)] = [(-0.25, -0.25), (0.25, -0.25), (-0.25, 0.25), (0.25, 0.25)]

  /// The part of a subpixel that lies inside an edge at this distance.
  private func edge(_ distance: Float) -> Float { max(0, min(1, 0.5 - distance * frame.scale * 2)) }

  private func exposed(_ color: SIMD3<Float>, _ position: Int) -> SIMD3<Float> {
    let word = noiseWords.word(UInt64(position))
    var result = color * exposure.gain + exposure.offset
    for channel in 0..<3 {
      // The sum of two bytes: a triangular distribution around 0, between -1 and 1.
      let bits = word >> UInt64(channel * 16)
      let grain = (Float(bits & 0xFF) + Float((bits >> 8) & 0xFF)) / 255 - 1
      result[channel] = max(0, min(1, result[channel] + grain * noise))
    }
    return result
  }
}

/// Blends two colours; `amount` 0 gives the first.
func blend(_ one: SIMD3<Float>, _ other: SIMD3<Float>, _ amount: Float) -> SIMD3<Float> {
  one + (other - one) * amount
}
