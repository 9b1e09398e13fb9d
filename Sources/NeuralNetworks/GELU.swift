import Torch

/// The Gaussian error linear unit, `x P(N <= x)` for a standard normal N, without approximation.
///
/// - Source: Gaussian Error Linear Units, 2016.
public final class GELU: Module, Layer {
  /// Applies the function.
  public func callAsFunction(_ input: Tensor) throws -> Tensor { try input.gelu() }
}
