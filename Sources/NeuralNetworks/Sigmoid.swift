import Torch

/// `1 / (1 + e^-x)`
public final class Sigmoid: Module, Layer {
  /// Applies the function.
  public func callAsFunction(_ input: Tensor) throws -> Tensor { try input.sigmoid() }
}
