/// Where the figure is, how large, how it is turned and squeezed.
struct Frame {
  /// The figure's middle, in pixels.
  let x: Float
  /// The figure's middle, in pixels.
  let y: Float
  /// Pixels per unit of the figure.
  let scale: Float
  private let cosine: Float
  private let sine: Float
  private let stretch: Float
  private let shear: Float

  init(_ draws: inout SyntheticDraws, turnsFreely: Bool) {
    scale = draws.uniform(7.5, 13)
    let room = 16 - scale * 0.72
    x = 16 + draws.uniform(-room, room)
    y = 16 + draws.uniform(-room, room)
    // A limit of 0.2 is 22.6 degrees to either side.
    (cosine, sine) = turnsFreely ? draws.anyTurn() : draws.turn(limit: 0.2)
    stretch = draws.uniform(0.86, 1.16)
    shear = draws.uniform(-0.16, 0.16)
  }

  /// A point of the image in the figure's own units.
  func local(_ px: Float, _ py: Float) -> (Float, Float) {
    let (dx, dy) = ((px - x) / scale, (py - y) / scale)
    let (u, v) = (dx * cosine + dy * sine, dy * cosine - dx * sine)
    return ((u + v * shear) * stretch, v / stretch)
  }
}
