import Torch

extension AGLU {
  /// Normalises, adds a residual if there is one and applies the unit in one go; nil where no kernel does that.
  ///
  /// Only input, residual and parameters are kept for the backward pass.
  /// - Shapes: `[batch, channels, height, width]`, the residual too, to the same.
  public func normalized(
    _ input: Tensor, by normalization: BatchNormalization2d, adding residual: Tensor? = nil
  ) throws -> Tensor? {
    guard OperationCounter.current == nil else { return nil }
    let settings = normalization.settings(rectifies: false)
    let (lambda, kappa) = (try curve.lambda(), curve.kappa)
    let accepts = NormalizedUnitKernel.accepts(
      input, adding: residual, lambda: lambda, kappa: kappa, isTraining: settings.isTraining)
    guard accepts else { return nil }
    let inputs = [input, settings.weight, settings.bias, lambda, kappa] + (residual.map { [$0] } ?? [])
    if !settings.isTraining {
      // Running values are constants, for which the backward below is not made.
      guard !gradientsAreRecorded || !inputs.contains(where: \.requiresGradient) else { return nil }
      return try NormalizedUnitKernel(settings, lambda: lambda.singleValue(), kappa: kappa.singleValue())
        .results(input, adding: residual).output
    }
    return try NormalizedUnit(settings, lambdaGradient).function(inputs)[0]
  }
}

/// The unit behind a normalisation that is training, with its backward. Inputs: images, weight, bias, `lambda`, `kappa`
/// and, with one, a residual.
private struct NormalizedUnit: Sendable {
  let settings: BatchNormalizationSettings
  let lambdaGradient: AdaptiveParametricActivation.LambdaGradient

  init(_ settings: BatchNormalizationSettings, _ lambdaGradient: AdaptiveParametricActivation.LambdaGradient) {
    self.settings = settings
    self.lambdaGradient = lambdaGradient
  }

  var function: DifferentiableFunction {
    DifferentiableFunction(
      "batch normalisation and adaptive unit", isTwiceDifferentiable: true,
      keeping: { inputs in
        let found = try kernel(inputs).results(inputs[0], adding: residual(inputs))
        return .init(
          [found.output], saving: [found.mean, found.inverseDeviation] + inputs, savesOutputs: false)
      },
      backward: { gradients, saved in
        let inputs = Array(saved[2...])
        guard let upstream = gradients[0] else { return inputs.map { _ in nil } }
        // A pass that is recorded must be made of operations.
        guard !gradientsAreRecorded else { return try recordedGradients(upstream, inputs) }
        let found = try kernel(inputs).gradients(
          upstream, of: inputs[0], adding: residual(inputs), mean: saved[0], inverseDeviation: saved[1],
          form: lambdaGradient == .exact ? .unit : .publishedUnit)
        let parameters = try [(inputs[3], found.lambda), (inputs[4], found.kappa)].map {
          try Tensor.full($0.shape, $1, dtype: $0.dtype)
        }
        return Array(found.tensors[..<3]) + parameters + found.tensors[3...]
      })
  }

  private func residual(_ inputs: [Tensor]) -> Tensor? { inputs.count > 5 ? inputs[5] : nil }

  private func kernel(_ inputs: [Tensor]) throws -> NormalizedUnitKernel {
    try NormalizedUnitKernel(settings, lambda: inputs[3].singleValue(), kappa: inputs[4].singleValue())
  }

  /// Gradients that can be differentiated again.
  private func recordedGradients(_ upstream: Tensor, _ inputs: [Tensor]) throws -> [Tensor?] {
    var settings = settings
    (settings.weight, settings.bias, settings.momentum) = (inputs[1], inputs[2], 0)
    let normalized = try inputs[0].batchNormalized(settings)
    let sum = try residual(inputs).map { try normalized + $0 } ?? normalized
    let output = try AdaptiveParametricActivation.unit(
      sum, lambda: inputs[3], kappa: inputs[4], lambdaGradient: lambdaGradient)
    var wanted = try gradients(
      of: [output], withRespectTo: inputs.filter(\.requiresGradient), weights: [upstream], createGraph: true
    ).makeIterator()
    return inputs.map { $0.requiresGradient ? wanted.next() ?? nil : nil }
  }
}
