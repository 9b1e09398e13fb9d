/// A short thick line of one colour: clutter behind the figure, or an occlusion in front of it.
struct SyntheticStroke {
  let color: SIMD3<Float>
  private let start: SIMD2<Float>
  private let along: SIMD2<Float>  // from the start to the end, in pixels
  private let halfWidth: Float

  /// Clutter anywhere in the image, nearer to the ground's colour than the figure is.
  init(clutter draws: inout SyntheticDraws, colors: Palette) {
    color = blend(colors.ground, draws.color(saturation: 0.2...0.9, value: 0.2...1), draws.uniform(0.25, 0.6))
    start = [draws.uniform(0, 32), draws.uniform(0, 32)]
    let (c, s) = draws.anyTurn()
    let length = draws.uniform(0, 9)
    along = [c * length, s * length]
    halfWidth = draws.uniform(0.7, 2.2)
  }

  /// A line across a part of the figure, or a blob at its rim.
  init(covering frame: Frame, _ draws: inout SyntheticDraws, colors: Palette) {
    color = draws.color(saturation: 0.2...0.9, value: 0.2...1)
    let (c, s) = draws.anyTurn()
    let distance = frame.scale * draws.uniform(0.35, 1.1)
    let middle: SIMD2<Float> = [frame.x + c * distance, frame.y + s * distance]
    let isBlob = draws.chance(0.4)
    let length = isBlob ? 0 : draws.uniform(6, 20)
    // A line runs across the direction in which it is displaced.
    along = [-s * length, c * length]
    start = middle - along * 0.5
    halfWidth = isBlob ? draws.uniform(2, 4) : draws.uniform(0.8, 1.6)
  }

  func coverage(_ x: Float, _ y: Float) -> Float {
    let (px, py) = (x - start.x, y - start.y)
    let squared = along.x * along.x + along.y * along.y
    let t = squared > 0 ? max(0, min(1, (px * along.x + py * along.y) / squared)) : 0
    let (dx, dy) = (px - t * along.x, py - t * along.y)
    let distance = (dx * dx + dy * dy).squareRoot() - halfWidth
    return max(0, min(1, 0.5 - distance))
  }
}
