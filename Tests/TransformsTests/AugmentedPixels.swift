import Torch
import Transforms

/// Augmented images as bytes.
enum AugmentedPixels {
  /// Leaves the values 0 to 255 as they are.
  static let identity = Normalization(mean: [0, 0, 0], standardDeviation: [1.0 / 255, 1.0 / 255, 1.0 / 255])

  /// The bytes `[batch, height, width, 3]`, rows from the top.
  static func of(
    _ images: Tensor, _ augmentation: Augmentation, places: [Int]? = nil, seed: UInt64, step: Int, stream: Int = 0,
    view: Int = 0
  ) throws -> [UInt8] {
    try augmentation(
      images, places: places.map { try Tensor($0) } ?? Tensor.range(0, images.shape[0]), step: Tensor(scalar: step),
      seed: seed, stream: stream, view: view, normalization: identity
    ).permuted([0, 2, 3, 1]).rounded().to(.uint8).contiguous().values(as: UInt8.self)
  }
}
