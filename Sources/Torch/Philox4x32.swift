/// The counter-based random generator Philox4x32-10: a pure function from a key and a counter to four random words.
///
/// It has no state, so a draw does not depend on earlier draws, nor on threads or their order. The key is made of the
/// run's seed and the purpose, the counter of step, sample and draw.
///
/// ```swift
/// let random = Philox4x32(seed: 0, purpose: .augmentation)
/// let words = random.block(step: 12, sample: 7, draw: 0)
/// let probability = Philox4x32.uniform(words.x)  // in [0, 1)
/// ```
///
/// Source: Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011.
public struct Philox4x32: Sendable, Equatable {
  /// Four 32-bit words: a counter or the draw at a counter.
  @frozen
  public struct Block: Sendable, Equatable {
    /// Word 0.
    public var x: UInt32
    /// Word 1.
    public var y: UInt32
    /// Word 2.
    public var z: UInt32
    /// Word 3.
    public var w: UInt32

    /// A block of four words, word 0 first.
    @inlinable
    public init(_ x: UInt32, _ y: UInt32, _ z: UInt32, _ w: UInt32) {
      (self.x, self.y, self.z, self.w) = (x, y, z, w)
    }

    /// The word at an index in `0..<4`.
    @inlinable
    public subscript(index: Int) -> UInt32 {
      switch index {
      case 0: return x
      case 1: return y
      case 2: return z
      case 3: return w
      default: preconditionFailure("a block has words 0...3, not \(index)")
      }
    }
  }

  /// Word 0 of the key.
  public let key0: UInt32
  /// Word 1 of the key.
  public let key1: UInt32

  /// A generator with a key of two words.
  @inlinable
  public init(key: (UInt32, UInt32)) {
    (key0, key1) = key
  }

  /// A generator for one purpose of a run.
  ///
  /// With `low` and `high` the halves of the seed, the key is `(low, purpose + 0x9E3779B9 * high)` modulo 2^32: for
  /// seeds below 2^32 it is simply `(seed, purpose)`, and for one purpose different seeds have different keys.
  @inlinable
  public init(seed: UInt64, purpose: RandomPurpose) {
    let high = UInt32(truncatingIfNeeded: seed >> 32)
    self.init(key: (UInt32(truncatingIfNeeded: seed), purpose.rawValue &+ 0x9E37_79B9 &* high))
  }

  /// The four random words at a counter.
  @inlinable
  public func block(counter: Block) -> Block {
    var counter = counter
    var (first, second) = (key0, key1)
    for _ in 0..<10 {
      let even = UInt64(counter.x) &* 0xD251_1F53
      let odd = UInt64(counter.z) &* 0xCD9E_8D57
      counter = Block(
        UInt32(truncatingIfNeeded: odd >> 32) ^ counter.y ^ first, UInt32(truncatingIfNeeded: odd),
        UInt32(truncatingIfNeeded: even >> 32) ^ counter.w ^ second, UInt32(truncatingIfNeeded: even))
      first &+= 0x9E37_79B9
      second &+= 0xBB67_AE85
    }
    return counter
  }

  /// The four random words of a draw for a sample at a step.
  ///
  /// The counter is `(draw, sample, low half of step, high half of step)`. A sample is the position in the global
  /// batch, never in a rank's share of it.
  @inlinable
  public func block(step: UInt64, sample: UInt32, draw: UInt32) -> Block {
    block(
      counter: Block(draw, sample, UInt32(truncatingIfNeeded: step), UInt32(truncatingIfNeeded: step >> 32)))
  }

  /// A number in `[0, 1)` from a word: its upper 24 bits over 2^24, exact in float32.
  @inlinable
  public static func uniform(_ word: UInt32) -> Float {
    Float(word >> 8) * 0x1p-24
  }

  /// A number in the open interval `(0, 1)` from a word: the upper 23 bits plus one half, over 2^23, exact in float32.
  ///
  /// For logarithms and other functions that have no value at an end. The values lie symmetrically around one half.
  @inlinable
  public static func openUniform(_ word: UInt32) -> Float {
    (Float(word >> 9) + 0.5) * 0x1p-23
  }

  /// A number in `[0, 1)` from two words: 53 bits over 2^53, exact in float64.
  @inlinable
  public static func uniform(_ high: UInt32, _ low: UInt32) -> Double {
    Double((UInt64(high) << 32 | UInt64(low)) >> 11) * 0x1p-53
  }
}
