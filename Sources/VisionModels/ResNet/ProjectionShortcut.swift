import NeuralNetworks
import Torch

/// The shortcut of a block that changes channels or sizes: a 1x1 convolution and a normalisation. Keys are `0` and `1`.
public final class ProjectionShortcut: Module, StackableLayer {
  private let convolution: Convolution2d
  private let normalization: BatchNormalization2d

  /// Makes a shortcut.
  public init(
    inputs: Int, outputs: Int, stride: Int, start: Convolution2d.Start = .kaimingNormalOutputs,
    using initializer: Initializer
  ) throws {
    convolution = try Convolution2d(
      inputs: inputs, outputs: outputs, size: 1, stride: stride, start: start, using: initializer)
    normalization = try BatchNormalization2d(channels: outputs, using: initializer)
  }

  /// `0`, `1`.
  public override var children: [NamedModule] { [NamedModule("0", convolution), NamedModule("1", normalization)] }

  /// Applies the shortcut.
  public func callAsFunction(_ input: Tensor) throws -> Tensor { try normalization(convolution(input)) }

  /// Applies several shortcuts, each to its share of the channels.
  public func applied(with layers: [any Layer], to input: Tensor, sharesInput: Bool) throws -> Tensor {
    let shortcuts = layers.compactMap { $0 as? ProjectionShortcut }
    let joined = try LayerStack.apply(shortcuts.map(\.convolution), to: input, sharesInput: sharesInput)
    return try LayerStack.apply(shortcuts.map(\.normalization), to: joined)
  }
}
