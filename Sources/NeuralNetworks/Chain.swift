import Torch

/// Layers applied one after another, named `0`, `1`, … as in PyTorch's `Sequential`.
public final class Chain: Module, Layer {
  /// The layers in order.
  public let layers: [any Layer]

  /// Joins layers.
  public init(_ layers: [any Layer]) { self.layers = layers }

  /// The layers under their numbers.
  public override var children: [NamedModule] {
    layers.enumerated().map { NamedModule("\($0.offset)", $0.element) }
  }

  /// Applies all layers.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    var value = input
    for layer in layers { value = try layer(value) }
    return value
  }
}
