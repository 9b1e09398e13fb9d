/// The words of one key in counter order, for host code that draws sequentially, such as a shuffle.
///
/// A stream is identified by three numbers, the upper words of the counter; the lowest word counts its blocks. Streams
/// of one key with different numbers share no block.
public struct PhiloxStream: Sendable {
  @usableFromInline let generator: Philox4x32
  @usableFromInline var counter: Philox4x32.Block
  @usableFromInline var words: Philox4x32.Block
  @usableFromInline var position: Int

  /// The stream of a key that three numbers identify, such as epoch, stage and zero.
  @inlinable
  public init(_ generator: Philox4x32, _ first: UInt32, _ second: UInt32 = 0, _ third: UInt32 = 0) {
    self.generator = generator
    counter = Philox4x32.Block(0, first, second, third)
    words = counter
    position = 4
  }

  /// The next 32-bit word. A stream has 2^34 words; then it starts over.
  @inlinable
  public mutating func next() -> UInt32 {
    if position == 4 {
      words = generator.block(counter: counter)
      counter.x &+= 1
      position = 0
    }
    defer { position += 1 }
    return words[position]
  }

  /// An integer in `0..<bound` with exactly equal probabilities.
  ///
  /// The result is the upper half of word times bound; the few words that would favour some values are rejected.
  ///
  /// - Parameter bound: above 0.
  /// - Source: Fast Random Integer Generation in an Interval, 2019.
  @inlinable
  public mutating func next(below bound: UInt32) -> UInt32 {
    precondition(bound > 0, "an integer below 0 does not exist")
    var product = UInt64(next()) &* UInt64(bound)
    if UInt32(truncatingIfNeeded: product) < bound {
      let threshold = (0 &- bound) % bound
      while UInt32(truncatingIfNeeded: product) < threshold {
        product = UInt64(next()) &* UInt64(bound)
      }
    }
    return UInt32(truncatingIfNeeded: product >> 32)
  }

  /// A number in `[0, 1)` with 53 random bits; uses two words.
  @inlinable
  public mutating func nextDouble() -> Double {
    let high = next()
    return Philox4x32.uniform(high, next())
  }

  /// Shuffles in place, every order equally likely (Fisher-Yates from the last element down).
  ///
  /// - Parameter elements: fewer than 2^32 elements.
  @inlinable
  public mutating func shuffle<Element>(_ elements: inout [Element]) {
    precondition(elements.count <= Int(UInt32.max), "a shuffle draws 32-bit indices")
    var index = elements.count - 1
    while index > 0 {
      elements.swapAt(index, Int(next(below: UInt32(index + 1))))
      index -= 1
    }
  }
}
