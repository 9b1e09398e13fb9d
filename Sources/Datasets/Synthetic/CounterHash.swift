/// A counter-based source of random words: word `n` is a function of the key and `n` alone.
///
/// The mixing is SplitMix64's finaliser, applied to the key and then to key plus counter times the golden-ratio increment.
/// Good for drawing images and splitting sets; training draws from the engine's Philox instead.
struct CounterHash {
  private let key: UInt64

  init(_ seed: UInt64, _ purpose: UInt64) {
    key = Self.mix(Self.mix(seed &+ Self.increment) ^ Self.mix(purpose &+ 2 &* Self.increment))
  }

  private init(key: UInt64) { self.key = key }

  /// An independent source for one value of a further coordinate.
  func child(_ coordinate: UInt64) -> CounterHash {
    CounterHash(key: Self.mix(key ^ Self.mix(coordinate &+ Self.increment)) &+ Self.increment)
  }

  /// The word at this counter.
  func word(_ counter: UInt64) -> UInt64 { Self.mix(key &+ (counter &+ 1) &* Self.increment) }

  private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
