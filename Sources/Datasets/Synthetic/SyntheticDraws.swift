/// A sequence of random values for one image.
///
/// Every value is an exact binary fraction of a random word, and angles come from a rational parametrisation of the circle, so that the
/// same numbers come out on every machine.
struct SyntheticDraws {
  private let source: CounterHash
  private var counter: UInt64 = 0

  init(_ source: CounterHash) { self.source = source }

  mutating func word() -> UInt64 {
    defer { counter += 1 }
    return source.word(counter)
  }

  /// Uniform in 0..<1, with 24 bits.
  mutating func uniform() -> Float { Float(word() >> 40) * 0x1p-24 }

  /// Uniform between two bounds.
  mutating func uniform(_ low: Float, _ high: Float) -> Float { low + (high - low) * uniform() }

  /// True with this probability.
  mutating func chance(_ probability: Float) -> Bool { uniform() < probability }

  /// Uniform in `0..<count`; the bias of the remainder is below 2^-50.
  mutating func index(_ count: Int) -> Int { Int(word() % UInt64(count)) }

  /// Cosine and sine of an angle of at most `2 atan(limit)` to either side.
  mutating func turn(limit: Float) -> (cosine: Float, sine: Float) {
    let t = uniform(-limit, limit)
    let scale = 1 / (1 + t * t)
    return ((1 - t * t) * scale, 2 * t * scale)
  }

  /// Cosine and sine of any angle: an eighth of a turn to either side (0.41421357 = tan(pi / 8)), then quarter turns.
  mutating func anyTurn() -> (cosine: Float, sine: Float) {
    let (c, s) = turn(limit: 0.414_213_57)
    switch index(4) {
    case 0: return (c, s)
    case 1: return (-s, c)
    case 2: return (-c, -s)
    default: return (s, -c)
    }
  }

  /// A colour by hue, saturation and value, all 0...1; hue runs around the six corners of the colour cube.
  mutating func color(saturation: ClosedRange<Float>, value: ClosedRange<Float>) -> SIMD3<Float> {
    let hue = uniform() * 6
    let s = uniform(saturation.lowerBound, saturation.upperBound)
    let v = uniform(value.lowerBound, value.upperBound)
    func channel(_ offset: Float) -> Float {
      var distance = abs(hue - offset)
      if distance > 3 { distance = 6 - distance }
      return v * (1 - s * max(0, min(1, distance - 1)))
    }
    return [channel(0), channel(2), channel(4)]
  }
}
