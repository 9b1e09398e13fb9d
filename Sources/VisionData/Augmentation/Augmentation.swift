import Torch

/// Random changes to training pictures, as one batched tensor program: every parameter is drawn by a counter, so that it depends only on
/// the run's seed, the stream, the step and the picture's place in the global batch, not on threads or ranks. (The place, not the
/// picture: a re-sampling stream may hold a picture twice in one batch, and each copy is changed in its own way.)
public struct Augmentation: Sendable, Codable, Equatable {
  /// Black pixels added on each side before a window of the original size is cut out at random; 0 for none.
  public var cropPadding: Int
  /// The share of pictures that are mirrored left to right.
  public var flipProbability: Double
  /// The side in pixels of a square that is set to the mean colour around a random pixel; 0 for none.
  ///
  /// Source: Improved Regularization of Convolutional Neural Networks with Cutout, 2017.
  public var cutoutSize: Int

  /// No change.
  public static let none = Augmentation(cropPadding: 0, flipProbability: 0, cutoutSize: 0)
  /// The usual crop and flip of CIFAR.
  public static let cropAndFlip = Augmentation(cropPadding: 4, flipProbability: 0.5, cutoutSize: 0)

  /// Chooses what is changed.
  public init(cropPadding: Int, flipProbability: Double, cutoutSize: Int) {
    self.cropPadding = cropPadding
    self.flipProbability = flipProbability
    self.cutoutSize = cutoutSize
  }

  /// Network inputs from changed pictures.
  ///
  /// - Parameters:
  ///   - pictures: uint8 `[batch, height, width, 3]`.
  ///   - places: int64 `[batch]`, the pictures' places in the global batch.
  ///   - step: int64 without axes, the step counter on the device.
  ///   - seed: the run's seed.
  ///   - stream: the number of the stream within the run, below 2^24, so that two streams or stages do not repeat each other's changes.
  ///   - normalization: mean and standard deviation of the inputs.
  /// - Returns: float32 `[batch, 3, height, width]`, channels last in memory.
  public func callAsFunction(
    _ pictures: Tensor, places: Tensor, step: Tensor, seed: UInt64, stream: Int = 0, normalization: Normalization
  ) throws -> Tensor {
    let generator = Philox4x32(seed: seed, purpose: .augmentation)
    var inputs = pictures
    if cropPadding > 0 || flipProbability > 0 {
      inputs = try window(of: pictures, words: generator.words(step: step, samples: places, draw: stream << 8))
    }
    let normalized = try normalization(inputs)
    guard cutoutSize > 0 else { return normalized }
    return try cutOut(normalized, words: generator.words(step: step, samples: places, draw: stream << 8 | 1))
  }

  /// One gather does padding window and mirror together.
  private func window(of pictures: Tensor, words: [Tensor]) throws -> Tensor {
    let shape = pictures.shape
    let (batch, height, width) = (shape[0], shape[1], shape[2])
    let device = pictures.device
    let padded =
      try cropPadding == 0 ? pictures : pictures.padded([0, 0, cropPadding, cropPadding, cropPadding, cropPadding])
    let down = try Philox4x32.integers(words[0], below: 2 * cropPadding + 1).reshaped([batch, 1])
    let right = try Philox4x32.integers(words[1], below: 2 * cropPadding + 1).reshaped([batch, 1])
    let mirrored = try Philox4x32.uniform(words[2]).isLess(than: flipProbability).reshaped([batch, 1])
    let columns = try Tensor.range(0, width, on: device)
    let source = try (width - 1 - columns).selected(where: mirrored, else: columns) + right
    let rows = try Tensor.range(0, height, on: device) + down
    return try padded.elements(at: [
      Tensor.range(0, batch, on: device).reshaped([batch, 1, 1]), rows.reshaped([batch, height, 1]),
      source.reshaped([batch, 1, width]),
    ])
  }

  private func cutOut(_ images: Tensor, words: [Tensor]) throws -> Tensor {
    let shape = images.shape
    let (batch, height, width) = (shape[0], shape[2], shape[3])
    let device = images.device
    func outside(_ words: Tensor, _ length: Int) throws -> Tensor {
      let start = try Philox4x32.integers(words, below: length).reshaped([batch, 1]) - cutoutSize / 2
      let distance = try Tensor.range(0, length, on: device) - start
      return try distance.isLess(than: 0).or(distance.isAtLeast(Double(cutoutSize)))
    }
    let rows = try outside(words[0], height).reshaped([batch, 1, height, 1])
    let columns = try outside(words[1], width).reshaped([batch, 1, 1, width])
    return try images.selected(where: rows.or(columns), else: 0)
  }
}
