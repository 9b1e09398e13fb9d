import LongtailTestSupport
import NeuralNetworks
import Testing
import Torch

/// Normalisation, residual and learned unit in one go on the processor against the same operations in double precision.
@Suite struct NormalizedUnitTests {
  struct Form: Sendable, CustomTestStringConvertible {
    var shape: [Int]
    var hasResidual: Bool
    var lambdaGradient: AdaptiveParametricActivation.LambdaGradient
    var testDescription: String { "\(shape)\(hasResidual ? " + residual" : ""), \(lambdaGradient)" }
  }

  /// Few, many and odd channels; values that fill no whole turn of the loops; turns longer than one piece; more than one thread takes.
  static let forms = [
    [4, 16, 8, 8], [3, 24, 5, 7], [2, 64, 6, 6], [5, 100, 3, 1], [1, 8, 1, 3], [16, 32, 32, 32], [2, 3, 5, 5],
    [2, 2048, 2, 2], [3, 1300, 3, 1],
  ].flatMap { shape in
    [
      Form(shape: shape, hasResidual: false, lambdaGradient: .exact),
      Form(shape: shape, hasResidual: true, lambdaGradient: .exact),
      Form(shape: shape, hasResidual: true, lambdaGradient: .published),
    ]
  }

  /// The layers, and the same numbers in double precision.
  private struct Parts {
    let form: Form
    let unit: AGLU
    let normalization: BatchNormalization2d
    let input: Tensor
    let residual: Tensor?
    let upstream: Tensor
    /// Running mean and variance in double precision.
    let running: [Tensor]

    init(_ form: Form) throws {
      self.form = form
      var generator = SeededGenerator(seed: 7)
      func tensor(_ shape: [Int], _ range: ClosedRange<Double>) throws -> Tensor {
        let values: [Float] = (0..<shape.reduce(1, *)).map { _ in Float(Double.random(in: range, using: &generator)) }
        return try Tensor(values, shape: shape)
      }
      let channels = form.shape[1]
      unit = try AGLU(lambda: 0.4...0.6, lambdaGradient: form.lambdaGradient, using: Initializer(seed: 5))
      normalization = try BatchNormalization2d(channels: channels, using: Initializer(seed: 6))
      try withoutGradients { [normalization] in
        try normalization.weight.copy(from: tensor([channels], 0.5...1.5))
        try normalization.bias.copy(from: tensor([channels], -1...1))
        try normalization.runningMean.copy(from: tensor([channels], 1...3))
      }
      running = try [normalization.runningMean, normalization.runningVariance].map { try $0.to(.float64).clone() }
      input = try tensor(form.shape, -2...6).contiguous(.channelsLast).requiringGradient()
      residual = try form.hasResidual ? tensor(form.shape, -1...1).contiguous(.channelsLast).requiringGradient() : nil
      upstream = try tensor(form.shape, -1...1)
    }

    var leaves: [Tensor] {
      [input, normalization.weight, normalization.bias, unit.curve.rawLambda, unit.curve.kappa]
        + (residual.map { [$0] } ?? [])
    }

    func fused() throws -> Tensor? { try unit.normalized(input, by: normalization, adding: residual) }

    /// The engine's operations on leaves in double precision.
    func exact() throws -> (output: Tensor, leaves: [Tensor]) {
      let leaves = try leaves.map { try $0.detached().to(.float64).requiringGradient() }
      let settings = BatchNormalizationSettings(
        weight: leaves[1], bias: leaves[2], runningMean: running[0], runningVariance: running[1],
        isTraining: normalization.isTraining, momentum: normalization.momentum, epsilon: normalization.epsilon)
      let sum = try leaves[0].batchNormalized(settings, adding: leaves.count > 5 ? leaves[5] : nil)
      let output = try AdaptiveParametricActivation.unit(
        sum, lambda: unit.curve.positivity.lambda(leaves[3]), kappa: leaves[4], lambdaGradient: form.lambdaGradient)
      return (output, leaves)
    }
  }

  private func expectClose(_ actual: [Tensor?], _ expected: [Tensor?], _ name: String) throws {
    #expect(actual.count == expected.count)
    for (index, pair) in zip(actual, expected).enumerated() {
      let (own, other) = (try #require(pair.0).doubles(), try #require(pair.1).doubles())
      let largest = max(1, other.map(abs).max() ?? 0)
      let worst = zip(own, other).map { abs($0 - $1) }.max() ?? .infinity
      #expect(own.count == other.count && worst <= 3e-5 * largest, "\(name) \(index): \(worst) of \(largest)")
    }
  }

  @Test(arguments: forms) func valuesAndGradients(_ form: Form) throws {
    let parts = try Parts(form)
    let output = try #require(try parts.fused())
    let exact = try parts.exact()
    try expectClose([output], [exact.output], "output")
    try expectClose(
      [parts.normalization.runningMean, parts.normalization.runningVariance], parts.running, "running values")
    try expectClose(
      gradients(of: [output], withRespectTo: parts.leaves, weights: [parts.upstream]),
      gradients(of: [exact.output], withRespectTo: exact.leaves, weights: [parts.upstream.to(.float64)]), "gradient")
  }

  @Test(arguments: forms) func evaluation(_ form: Form) throws {
    let parts = try Parts(form)
    parts.normalization.setTraining(false)
    // Where gradients are recorded, running values have no kernel.
    #expect(try parts.fused() == nil)
    try withoutGradients {
      try expectClose([parts.fused()], [parts.exact().output], "output")
    }
  }

  /// A gradient that is recorded can be differentiated again.
  @Test(arguments: [false, true]) func secondDerivatives(hasResidual: Bool) throws {
    let parts = try Parts(Form(shape: [3, 4, 3, 2], hasResidual: hasResidual, lambdaGradient: .exact))
    func second(_ output: Tensor, _ leaves: [Tensor]) throws -> [Tensor?] {
      let first = try gradients(
        of: [output], withRespectTo: leaves, weights: [parts.upstream.to(output.dtype)], createGraph: true)
      let squares = try first.compactMap { try $0.map { try ($0 * $0).sum() } }
      return try gradients(of: squares, withRespectTo: leaves)
    }
    let exact = try parts.exact()
    let found = try second(#require(try parts.fused()), parts.leaves)
    try expectClose(found, second(exact.output, exact.leaves), "second derivative")
  }

  /// Between the passes lie the output and values of channels: what goes into the unit is not kept.
  @Test func onlyInputsAreKept() throws {
    let parts = try Parts(Form(shape: [4, 16, 32, 32], hasResidual: true, lambdaGradient: .exact))
    let before = Engine.allocatedBytes
    let output = try #require(try parts.fused())
    #expect(Engine.allocatedBytes - before < 4 * 4 * 16 * 32 * 32 + 4096)
    #expect(output.requiresGradient)
  }

  /// Without kernels of our own, in half precision or with a pair a channel, nothing is done here.
  @Test func otherwiseThereIsNone() throws {
    let parts = try Parts(Form(shape: [2, 16, 4, 4], hasResidual: false, lambdaGradient: .exact))
    #expect(try parts.unit.normalized(parts.input.to(.bfloat16), by: parts.normalization) == nil)
    let many = try AGLU(sharing: .channels(16), using: Initializer(seed: 1))
    #expect(try many.normalized(parts.input, by: parts.normalization) == nil)
  }
}
