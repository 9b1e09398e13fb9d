import Torch

/// `x sigmoid(x)`, also called Swish.
public final class SiLU: Module, Layer {
  /// Applies the function.
  public func callAsFunction(_ input: Tensor) throws -> Tensor { try input.silu() }
}
