import Torch

/// Scales each channel by a share that is computed from the means of all channels. Keys are `fc1` and `fc2`.
///
/// - Shapes: `[batch, channels, height, width]` to the same.
/// - Source: Squeeze-and-Excitation Networks, CVPR 2018.
public final class SqueezeExcitation: Module, Layer {
  private let reduction: Convolution2d
  private let activation = ReLU(isInPlace: true)
  private let expansion: Convolution2d

  /// Makes a layer.
  /// - Parameters:
  ///   - channels: the channels that are scaled.
  ///   - reduced: the channels between the two products.
  ///   - initializer: the source of the initial weights.
  public init(channels: Int, reduced: Int, using initializer: Initializer) throws {
    let start = Convolution2d.Start.kaimingNormalOutputs
    reduction = try Convolution2d(
      inputs: channels, outputs: reduced, size: 1, hasBias: true, start: start, using: initializer)
    expansion = try Convolution2d(
      inputs: reduced, outputs: channels, size: 1, hasBias: true, start: start, using: initializer)
  }

  /// The usual width between the products: a sixteenth of the channels, rounded to a multiple of 8, and at least 8.
  public static func usualReduction(of channels: Int) -> Int {
    max(8, (channels / 16 + 4) / 8 * 8)
  }

  /// `fc1`, `fc2`.
  public override var children: [NamedModule] { [NamedModule("fc1", reduction), NamedModule("fc2", expansion)] }

  /// Scales the channels.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    let means = try input.mean(alongAxes: [2, 3], keepingAxes: true)
    return try input * expansion(activation(reduction(means))).sigmoid()
  }
}
