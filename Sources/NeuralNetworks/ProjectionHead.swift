import Torch

/// Two linear layers around a ReLU, and a result of length 1: what contrastive losses compare. Keys are `fc1` and
/// `fc2`.
///
/// - Shapes: `[batch, inputs]` to `[batch, outputs]`.
public final class ProjectionHead: Module, Layer {
  private let first: Linear
  private let second: Linear

  /// Makes a head; between its layers there are as many channels as come.
  public init(inputs: Int, outputs: Int = 128, using initializer: Initializer) throws {
    first = try Linear(inputs: inputs, outputs: inputs, start: .uniform, using: initializer)
    second = try Linear(inputs: inputs, outputs: outputs, start: .uniform, using: initializer)
  }

  /// `fc1`, `fc2`.
  public override var children: [NamedModule] { [NamedModule("fc1", first), NamedModule("fc2", second)] }

  /// Applies the head.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    try second(first(input).relu()).directions(alongAxis: 1)
  }
}
