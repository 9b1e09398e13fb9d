import Torch

/// `max(x, 0)`
public final class ReLU: Module, Layer {
  /// Whether the input's own memory takes the result; only for inputs that nothing else reads, such as those of a
  /// normalisation.
  public let isInPlace: Bool

  /// Makes the function.
  public init(isInPlace: Bool = false) { self.isInPlace = isInPlace }

  /// Applies the function.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    // What is only counted has one element in memory for all its places, which cannot be written to.
    guard isInPlace, OperationCounter.current == nil else { return try input.relu() }
    try input.rectify()
    return input
  }
}
