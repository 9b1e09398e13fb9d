import NeuralNetworks
import Torch

/// The start of a residual network: convolution, normalisation, activation, and for large images a pooling.
public final class ResidualStem: Module, Layer {
  private let convolution: Convolution2d
  private let normalization: BatchNormalization2d
  private let activation: Activation
  private let pooling: MaxPooling2d?

  /// For images of about 32 pixels: a 3x3 convolution.
  public static func small(
    channels: Int, style: ResidualStyle = .plain, start: Convolution2d.Start = .kaimingNormal,
    using initializer: Initializer
  ) throws -> ResidualStem {
    try ResidualStem(
      Convolution2d(inputs: 3, outputs: channels, size: 3, padding: 1, start: start, using: initializer),
      channels: channels, pooling: nil, style: style, using: initializer)
  }

  /// For images of about 224 pixels: a 7x7 convolution and a pooling that each halve height and width.
  public static func large(
    channels: Int, style: ResidualStyle = .plain, start: Convolution2d.Start = .kaimingNormalOutputs,
    using initializer: Initializer
  ) throws -> ResidualStem {
    try ResidualStem(
      Convolution2d(inputs: 3, outputs: channels, size: 7, stride: 2, padding: 3, start: start, using: initializer),
      channels: channels, pooling: MaxPooling2d(size: 3, stride: 2, padding: 1), style: style, using: initializer)
  }

  private init(
    _ convolution: Convolution2d, channels: Int, pooling: MaxPooling2d?, style: ResidualStyle,
    using initializer: Initializer
  ) throws {
    self.convolution = convolution
    normalization = try BatchNormalization2d(channels: channels, using: initializer)
    activation = Activation(try style.activation(initializer))
    self.pooling = pooling
  }

  /// `conv1`, `bn1`, `act1`, `maxpool`.
  public override var children: [NamedModule] {
    [NamedModule("conv1", convolution), NamedModule("bn1", normalization), NamedModule("act1", activation)]
      + (pooling.map { [NamedModule("maxpool", $0)] } ?? [])
  }

  /// Applies the stem.
  public func callAsFunction(_ images: Tensor) throws -> Tensor {
    let value = try normalization(convolution(images), followedBy: activation)
    return try pooling?(value) ?? value
  }
}
