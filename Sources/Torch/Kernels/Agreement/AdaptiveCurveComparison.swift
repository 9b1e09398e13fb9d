/// Compares the kernels of adaptive activations with their formulas in double precision.
package struct AdaptiveCurveComparison {
  package var shape: [Int]
  package var dtype = DType.float32
  package var form = AdaptiveCurveKernel.Form.unit
  package var lambda = 0.5
  package var kappa = 1.0
  /// The largest magnitude of an input.
  package var size = 4.0
  /// The memory format of the input; incoming gradients are row-major.
  package var format = MemoryFormat.contiguous
  /// Elements before the first one, which change the alignment of its address.
  package var offset = 0

  package init(_ shape: [Int], setting others: (inout AdaptiveCurveComparison) -> Void = { _ in }) {
    self.shape = shape
    others(&self)
  }

  /// The name of the comparison.
  package var name: String {
    "adaptive \(form) \(dtype)\(shape), lambda \(lambda), kappa \(kappa), inputs to \(size)"
      + (format == .channelsLast ? ", channels last" : "") + (offset > 0 ? ", offset \(offset)" : "")
  }

  /// The results of the formulas: values, gradients of the elements, and each element's contribution to the gradients
  /// of both parameters.
  private struct Expected {
    let value: Tensor
    let input: Tensor
    let lambda: Tensor
    let kappa: Tensor
  }

  /// Compares values and gradients.
  package func run(on device: Device, _ launcher: any KernelLauncher) throws -> [KernelAgreement] {
    var numbers = AgreementNumbers()
    let input = try leaf(numbers.uniform(shape, -size...size, dtype: dtype, on: device))
    let pair = try [lambda, kappa].map { try Tensor([Float($0)], on: device).requiringGradient() }
    let incoming = try numbers.uniform(shape, -1...1, dtype: dtype, on: device)
    guard let curve = FusedAdaptiveCurve(input, lambda: pair[0], kappa: pair[1], form: form, launcher) else {
      throw TorchError.shape(function: name, expected: "an input that the kernels take", actual: input.summary)
    }
    let (value, found) = (try curve.value(), try curve.gradients(incoming))
    let expected = try withoutGradients { try self.expected(input, pair, incoming) }
    // Deviations are relative to the largest value; a small lambda amplifies rounding.
    let limit = dtype == .bfloat16 ? 0x1p-8 : 1e-5
    return [
      try KernelAgreement(name + ": value", value, expected.value, limit: limit),
      try KernelAgreement(name + ": gradient of the input", found[0], expected.input, limit: limit),
      try sum("lambda", found[1], expected.lambda), try sum("kappa", found[2], expected.kappa),
    ]
  }

  /// Compares a sum, which is float32 for both types. Its terms may cancel, so the deviation is relative to the sum of
  /// their magnitudes.
  private func sum(_ parameter: String, _ actual: Tensor?, _ terms: Tensor) throws -> KernelAgreement {
    let magnitudes = try terms.selected(where: terms.isGreater(than: 0), else: -terms).sum().item()
    let scale = 1 / max(1, magnitudes)
    return try KernelAgreement(
      "\(name): gradient of \(parameter)", actual.map { try $0.to(.float64) * scale },
      (terms.sum() * scale).reshaped([1]), limit: 2e-5)
  }

  private func leaf(_ values: Tensor) throws -> Tensor {
    guard offset > 0 else { return try values.contiguous(format).requiringGradient() }
    let memory = try Tensor.empty([offset + values.elementCount], dtype: dtype, on: values.device)
    let view = try memory.sliced(axis: 0, from: offset).reshaped(shape)
    try view.copy(from: values)
    return try view.detached().requiringGradient()
  }

  private func expected(_ input: Tensor, _ pair: [Tensor], _ incoming: Tensor) throws -> Expected {
    let (z, incoming) = (try input.to(.float64), try incoming.to(.float64))
    let (lambda, kappa) = (try pair[0].to(.float64), try pair[1].to(.float64))
    let exponent = try lambda.log() - kappa * z
    let (softplus, sigmoid) = (try exponent.softplus(linearAbove: 50), try exponent.sigmoid())
    let gate = try (-(softplus / lambda)).exp()
    let share = try gate * sigmoid / lambda
    let slope = try gate * (softplus - sigmoid) / lambda / lambda
    guard form != .gate else {
      return Expected(
        value: gate, input: try incoming * kappa * share, lambda: try incoming * slope, kappa: try incoming * z * share)
    }
    let byLambda = try form == .unit ? z * slope : -(z * share / lambda)
    return Expected(
      value: try z * gate, input: try incoming * (gate + kappa * z * share), lambda: try incoming * byLambda,
      kappa: try incoming * z * z * share)
  }
}
