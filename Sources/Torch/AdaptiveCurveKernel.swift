import CLibTorch

/// The two-parameter activation `(lambda e^(-kappa z) + 1)^(-1/lambda)` in one pass over the elements, on the processor, in float32, for one
/// pair of parameters. Nothing is recorded.
public enum AdaptiveCurveKernel {
  /// What is computed.
  public enum Form: Int32, Sendable {
    /// The value itself.
    case gate = 0
    /// The value times the input.
    case unit = 1
    /// The same, with the published gradient of `lambda`.
    case publishedUnit = 2
  }

  /// Whether the kernel can be used: dense float32 elements and single parameters, all on the processor.
  public static func accepts(_ input: Tensor, lambda: Tensor, kappa: Tensor) -> Bool {
    lambda.elementCount == 1 && kappa.elementCount == 1 && lambda.device == .cpu && kappa.device == .cpu
      && ct_adaptive_curve_accepts(input.handle)
  }

  /// The value, in the memory order of the input.
  public static func value(_ input: Tensor, lambda: Double, kappa: Double, form: Form) throws -> Tensor {
    guard let handle = ct_adaptive_curve_value(input.handle, lambda, kappa, form.rawValue) else {
      throw TorchError.operation(name: "adaptive curve", arguments: input.summary, reason: Engine.lastError)
    }
    return Tensor(owning: handle)
  }

  /// The gradient of the input, and those of both parameters summed over the elements.
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
