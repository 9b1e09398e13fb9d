import Torch

/// Two linear layers around an activation, applied to each token. Keys are `fc1` and `fc2`.
///
/// - Shapes: `[…, width]` to the same.
public final class FeedForward: Module, Layer {
  private let first: Linear
  private let activation: Activation
  private let firstDropout: Dropout
  private let second: Linear
  private let secondDropout: Dropout

  /// Makes a layer.
  /// - Parameters:
  ///   - width: channels of a token.
  ///   - hidden: channels between the two layers.
  ///   - activation: what stands between them.
  ///   - dropout: the probability that an element after each layer is zero while training.
  ///   - start: the initial weights.
  ///   - initializer: the source of random numbers.
  public init(
    width: Int, hidden: Int, activation: any Layer = GELU(), dropout: Double = 0,
    start: Linear.Start = .truncatedNormal(standardDeviation: 0.02), using initializer: Initializer
  ) throws {
    first = try Linear(inputs: width, outputs: hidden, start: start, using: initializer)
    self.activation = Activation(activation)
    firstDropout = Dropout(rate: dropout)
    second = try Linear(inputs: hidden, outputs: width, start: start, using: initializer)
    secondDropout = Dropout(rate: dropout)
  }

  /// `fc1`, `act`, `drop1`, `fc2`, `drop2`.
  public override var children: [NamedModule] {
    [
      NamedModule("fc1", first), NamedModule("act", activation), NamedModule("drop1", firstDropout),
      NamedModule("fc2", second), NamedModule("drop2", secondDropout),
    ]
  }

  /// Applies the layers.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    try secondDropout(second(firstDropout(activation(first(input)))))
  }
}
