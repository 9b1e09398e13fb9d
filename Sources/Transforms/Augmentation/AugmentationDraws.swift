import Torch

/// Random words for each image of a batch, by the number of the draw.
///
/// A word depends on the run's seed, the stream, the view, the step and the position of the image in the global batch, and on nothing else.
struct AugmentationDraws {
  /// The position of a batch in a run, which determines its random numbers.
  struct Origin {
    /// The run's seed.
    let seed: UInt64
    /// The number of the stream, below 2^24.
    let stream: Int
    /// Which of several views of the same images, below 2^15.
    let view: Int
    /// int64 without axes: the step counter.
    let step: Tensor
    /// int64 `[batch]`: the positions of the images in the global batch.
    let places: Tensor

    /// Views differ in the upper half of the step's counter, which no run reaches by steps.
    var viewStep: Tensor {
      get throws { view == 0 ? step : try step + (view << 48) }
    }
  }

  /// Four words per draw, each int64 `[draws, batch]`.
  private let words: [Tensor]
  /// The row of each draw.
  private let rows: [Int: Int]

  /// Draws words.
  ///
  /// - Parameters:
  ///   - origin: the position of the batch in the run.
  ///   - ranges: the numbers of the draws, within 0..<256, each once.
  ///   - purpose: separates these random numbers from others.
  init(_ origin: Origin, _ ranges: [Range<Int>], for purpose: RandomPurpose = .augmentation) throws {
    let numbers = ranges.flatMap { Array($0) }
    precondition(numbers.allSatisfy { (0..<256).contains($0) }, "a stream has 256 draws an image")
    rows = Dictionary(uniqueKeysWithValues: zip(numbers, 0...))
    let device = origin.places.device
    let draws = try DeviceConstants.tensor(numbers.map { Double(origin.stream << 8 | $0) }, dtype: .int64, on: device)
    words = try Philox4x32(seed: origin.seed, purpose: purpose)
      .words(step: origin.viewStep, samples: origin.places, everyDraw: draws)
  }

  /// Numbers in `[0, 1)` from one word of a draw, float32 `[batch]`.
  func uniform(_ draw: Int, _ word: Int) throws -> Tensor { try Philox4x32.uniform(self.word(draw, word)) }

  /// Whole numbers in `0 ..< bound` from one word of a draw, int64 `[batch]`.
  func integers(_ draw: Int, _ word: Int, below bound: Int) throws -> Tensor {
    try Philox4x32.integers(self.word(draw, word), below: bound)
  }

  /// A word of a draw, int64 `[batch]`.
  func word(_ draw: Int, _ word: Int) throws -> Tensor {
    try words[word].selected(axis: 0, index: row(draw))
  }

  /// A word of consecutive draws, int64 `[draws, batch]`.
  func words(_ draws: Range<Int>, _ word: Int) throws -> Tensor {
    try words[word].narrowed(axis: 0, start: row(draws.lowerBound), count: draws.count)
  }

  /// Normally distributed numbers from the first two words of a draw, float64 `[batch]`.
  func normal(_ draw: Int) throws -> Tensor {
    // Half a step above 0, where the logarithm has no value.
    let radius = try ((word(draw, 0).to(.float64) + 0.5) * 0x1p-32).log() * -2.0
    return try radius.squareRoot() * (word(draw, 1).to(.float64) * (0x1p-31 * Double.pi)).cos()
  }

  private func row(_ draw: Int) -> Int {
    guard let row = rows[draw] else { preconditionFailure("draw \(draw) was not asked for") }
    return row
  }
}
