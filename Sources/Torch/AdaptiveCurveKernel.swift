import CLibTorch

/// A CPU kernel of the activation `(lambda e^(-kappa z) + 1)^(-1/lambda)` (APA) in one pass over the elements: float32,
/// one pair of parameters for all elements. It does not record operations for autograd.
public enum AdaptiveCurveKernel {
  /// The function to compute.
  public enum Form: Int32, Sendable {
    /// The curve itself.
    case gate = 0
    /// The curve times the input.
    case unit = 1
    /// The curve times the input, with the gradient of `lambda` of the published code.
    case publishedUnit = 2
  }

  /// Whether the kernel accepts the tensors: dense float32 elements and single parameters, all on the CPU.
  public static func accepts(_ input: Tensor, lambda: Tensor, kappa: Tensor) -> Bool {
    lambda.elementCount == 1 && kappa.elementCount == 1 && lambda.device == .cpu && kappa.device == .cpu
      && ct_adaptive_curve_accepts(input.handle)
  }

  /// The value, in the memory format of the input.
  public static func value(_ input: Tensor, lambda: Double, kappa: Double, form: Form) throws -> Tensor {
    guard let handle = ct_adaptive_curve_value(input.handle, lambda, kappa, form.rawValue) else {
      throw TorchError.operation(name: "adaptive curve", arguments: input.summary, reason: Engine.lastError)
    }
    return Tensor(owning: handle)
  }

  /// The gradients of the input and, summed over the elements, of both parameters.
  public static func gradients(
    _ input: Tensor, upstream: Tensor, lambda: Double, kappa: Double, form: Form
  ) throws -> (input: Tensor, lambda: Double, kappa: Double) {
    var sums = (lambda: 0.0, kappa: 0.0)
    let handle = ct_adaptive_curve_slopes(
      input.handle, upstream.handle, lambda, kappa, form.rawValue, &sums.lambda, &sums.kappa)
    guard let handle else {
      let arguments = [input, upstream].map(\.summary).joined(separator: ", ")
      throw TorchError.operation(name: "adaptive curve backward", arguments: arguments, reason: Engine.lastError)
    }
    return (Tensor(owning: handle), sums.lambda, sums.kappa)
  }
}
