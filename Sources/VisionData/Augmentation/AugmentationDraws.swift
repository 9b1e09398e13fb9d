import Torch

/// Random words for each picture of a batch, a row a draw.
///
/// A word depends on the run's seed, the stream, the view, the step and the picture's place in the global batch, and on nothing else.
struct AugmentationDraws {
  /// Four words a draw, each int64 `[draws, batch]`.
  private let words: [Tensor]

  /// Where a batch stands in a run.
  struct Origin {
    /// The run's seed.
    let seed: UInt64
    /// The number of the stream, below 2^24.
    let stream: Int
    /// Which of several views of the same pictures, below 2^15.
    let view: Int
    /// int64 without axes: the step counter.
    let step: Tensor
    /// int64 `[batch]`: the pictures' places in the global batch.
    let places: Tensor

    /// The draws of some numbers within 0..<256.
    func draws(_ numbers: Range<Int>, for purpose: RandomPurpose = .augmentation) throws -> AugmentationDraws {
      precondition(numbers.upperBound <= 256, "a stream has 256 draws a picture")
      let first = stream << 8
      return AugmentationDraws(
        words: try Philox4x32(seed: seed, purpose: purpose).words(
          step: viewStep, samples: places, draws: first + numbers.lowerBound..<first + numbers.upperBound))
    }

    /// Views differ in the upper half of the step's counter, which no run reaches by steps.
    var viewStep: Tensor {
      get throws { view == 0 ? step : try step + (view << 48) }
    }
  }

  private init(words: [Tensor]) { self.words = words }

  /// Numbers in `[0, 1)` from one word of a draw, float32 `[batch]`.
  func uniform(_ row: Int, _ word: Int) throws -> Tensor { try Philox4x32.uniform(self.word(row, word)) }

  /// Whole numbers in `0 ..< bound` from one word of a draw, int64 `[batch]`.
  func integers(_ row: Int, _ word: Int, below bound: Int) throws -> Tensor {
    try Philox4x32.integers(self.word(row, word), below: bound)
  }

  /// A word of a draw, int64 `[batch]`.
  func word(_ row: Int, _ word: Int) throws -> Tensor { try words[word].selected(axis: 0, index: row) }

  /// A word of several draws, int64 `[rows, batch]`.
  func words(_ rows: Range<Int>, _ word: Int) throws -> Tensor {
    try words[word].narrowed(axis: 0, start: rows.lowerBound, count: rows.count)
  }

  /// Normally distributed numbers from the first two words of a draw, float64 `[batch]`.
  func normal(_ row: Int) throws -> Tensor { try Self.normal(word(row, 0), word(row, 1)) }

  /// Normally distributed numbers from pairs of words, float64.
  static func normal(_ first: Tensor, _ second: Tensor) throws -> Tensor {
    // Half a step above 0, where the logarithm has no value.
    let radius = try ((first.to(.float64) + 0.5) * 0x1p-32).log() * -2.0
    return try radius.squareRoot() * (second.to(.float64) * (0x1p-31 * Double.pi)).cos()
  }
}
