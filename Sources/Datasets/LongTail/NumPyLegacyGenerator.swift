/// The Mersenne Twister (MT19937) with the integer and shuffle rules of NumPy's legacy `RandomState`.
///
/// It exists for one purpose: the conventional long-tailed subsets were drawn with `RandomState(seed).shuffle`, and
/// the very same images must be kept here. Everything else draws from `Philox4x32`.
public struct NumPyLegacyGenerator: Sendable {
  private static let wordCount = 624
  private static let shift = 397

  private var state: [UInt32]
  private var position: Int

  /// A fresh generator, equal to `numpy.random.RandomState(seed)` for an integer seed.
  public init(seed: UInt32) {
    var words = [UInt32](repeating: seed, count: Self.wordCount)
    for index in 1..<Self.wordCount {
      let previous = words[index - 1]
      words[index] = 1_812_433_253 &* (previous ^ (previous >> 30)) &+ UInt32(index)
    }
    (state, position) = (words, Self.wordCount)
  }

  /// The next 32-bit word.
  public mutating func next() -> UInt32 {
    if position == Self.wordCount { regenerate() }
    var word = state[position]
    position += 1
    word ^= word >> 11
    word ^= (word << 7) & 0x9D2C_5680
    word ^= (word << 15) & 0xEFC6_0000
    return word ^ (word >> 18)
  }

  /// An integer in `0...bound`, every value equally likely.
  ///
  /// Words are masked to the bits of `bound` and drawn again until they fit; a bound of 0 draws nothing.
  public mutating func next(through bound: UInt32) -> UInt32 {
    guard bound > 0 else { return 0 }
    let mask = UInt32.max >> bound.leadingZeroBitCount
    while true {
      let word = next() & mask
      if word <= bound { return word }
    }
  }

  /// Shuffles in place, from the last element down to the second.
  ///
  /// - Parameter elements: fewer than 2^32 elements.
  public mutating func shuffle<Element>(_ elements: inout [Element]) {
    precondition(elements.count <= Int(UInt32.max), "the legacy shuffle draws 32-bit indices")
    var index = elements.count - 1
    while index > 0 {
      elements.swapAt(index, Int(next(through: UInt32(index))))
      index -= 1
    }
  }

  private mutating func regenerate() {
    for index in 0..<Self.wordCount {
      let joined =
        (state[index] & 0x8000_0000) | (state[(index + 1) % Self.wordCount] & 0x7FFF_FFFF)
      let twisted = state[(index + Self.shift) % Self.wordCount] ^ (joined >> 1)
      state[index] = joined & 1 == 0 ? twisted : twisted ^ 0x9908_B0DF
    }
    position = 0
  }
}
