import NeuralNetworks
import Torch

/// Cuts images into square patches and makes a token of each. The key is `proj`.
///
/// - Shapes: `[batch, 3, height, width]` to `[batch, patches, width]`, patches row after row.
public final class PatchEmbedding: Module, Layer {
  /// The width and height of a patch, in pixels.
  public let patchSize: Int
  private let projection: Convolution2d

  /// Makes a layer.
  public init(patchSize: Int, width: Int, using initializer: Initializer) throws {
    self.patchSize = patchSize
    projection = try Convolution2d(
      inputs: 3, outputs: width, size: patchSize, stride: patchSize, hasBias: true, start: .uniform, using: initializer)
  }

  /// `proj`.
  public override var children: [NamedModule] { [NamedModule("proj", projection)] }

  /// Makes tokens.
  /// - Throws: `ModelError.inputSize` unless height and width are multiples of the patch.
  public func callAsFunction(_ images: Tensor) throws -> Tensor {
    let shape = images.shape
    guard shape.count == 4, shape[2] >= patchSize, shape[3] >= patchSize, shape[2] % patchSize == 0,
      shape[3] % patchSize == 0
    else {
      throw ModelError.inputSize(
        model: "a transformer with \(patchSize)-pixel patches", height: shape.count == 4 ? shape[2] : 0,
        width: shape.count == 4 ? shape[3] : 0, expected: "sides that are multiples of \(patchSize)")
    }
    return try projection(images).flattened(fromAxis: 2).transposed(1, 2)
  }
}
