import LongtailTestSupport
import Testing
import Torch

/// The fused CPU kernels against LibTorch's operations in double precision.
@Suite struct ProcessorBatchNormalizationTests {
  struct Form: Sendable, CustomTestStringConvertible {
    var shape: [Int]
    var hasResidual: Bool
    var rectifies: Bool
    var testDescription: String { "\(shape)\(hasResidual ? " + residual" : "")\(rectifies ? " + ReLU" : "")" }
  }

  /// Few, many and odd channels; values that fill no whole turn of the loops; more values than one thread takes.
  static let forms = [
    [4, 16, 8, 8], [3, 24, 5, 7], [2, 64, 6, 6], [2, 128, 3, 3], [5, 100, 3, 1], [1, 8, 1, 3], [16, 32, 32, 32],
    [2, 3, 5, 5], [16, 24, 16, 16], [3, 48, 9, 9], [4, 72, 5, 5],
  ]
  .flatMap { shape in
    [(false, false), (false, true), (true, false), (true, true)].map {
      Form(shape: shape, hasResidual: $0.0, rectifies: $0.1)
    }
  }

  private struct Results {
    var output: [Double]
    var gradients: [[Double]]
    var running: [[Double]]
  }

  /// Runs the layer in one number type; large means, so that digits would be lost by squares alone.
  private func results(_ form: Form, _ dtype: DType, isTraining: Bool = true) throws -> Results {
    var generator = SeededGenerator(seed: 11)
    func tensor(_ shape: [Int], scale: Double = 1, shift: Double = 0) throws -> Tensor {
      let count = shape.reduce(1, *)
      // Numbers that single precision holds exactly, so that both types see the same.
      let values: [Float] = (0..<count).map { _ in Float(Double.random(in: -1...1, using: &generator) * scale + shift) }
      return try Tensor(values, shape: shape).to(dtype)
    }
    let channels = form.shape[1]
    let input = try tensor(form.shape, scale: 2, shift: 5).contiguous(.channelsLast).requiringGradient()
    let residual = form.hasResidual ? try tensor(form.shape).contiguous(.channelsLast).requiringGradient() : nil
    let weight = try tensor([channels], scale: 0.5, shift: 1).requiringGradient()
    let bias = try tensor([channels]).requiringGradient()
    let mean = try tensor([channels], shift: 4)
    let variance = try tensor([channels], scale: 0.5, shift: 2)
    let settings = BatchNormalizationSettings(
      weight: weight, bias: bias, runningMean: mean, runningVariance: variance, isTraining: isTraining, momentum: 0.1,
      epsilon: 1e-5, rectifies: form.rectifies)
    var upstream = try tensor(form.shape)
    if isTraining {
      // Where a sum is so near to 0 that single precision has another sign, either mask is right.
      let sums = try withoutGradients {
        try input.detached().to(.float64).batchNormalized(
          BatchNormalizationSettings(
            weight: weight.detached().to(.float64), bias: bias.detached().to(.float64), runningMean: mean.to(.float64),
            runningVariance: variance.to(.float64), isTraining: true, momentum: 0, epsilon: 1e-5),
          adding: residual?.detached().to(.float64))
      }
      upstream = try upstream * sums.magnitude().isGreater(than: 1e-4).to(dtype)
    }
    guard isTraining else {
      let output = try withoutGradients { try input.batchNormalized(settings, adding: residual) }
      return Results(output: try output.doubles(), gradients: [], running: [])
    }
    let output = try input.batchNormalized(settings, adding: residual)
    try (output * upstream).sum().backward()
    return Results(
      output: try output.doubles(),
      gradients: try ([input, weight, bias] + (residual.map { [$0] } ?? [])).map { try $0.gradient?.doubles() ?? [] },
      running: [try mean.doubles(), try variance.doubles()])
  }

  private func expectClose(_ actual: [Double], _ expected: [Double], _ name: String) {
    #expect(actual.count == expected.count, "\(name)")
    #expect(!actual.isEmpty, "\(name)")
    let largest = max(1, expected.map(abs).max() ?? 0)
    let worst = zip(actual, expected).map { abs($0 - $1) }.max() ?? .infinity
    #expect(worst <= 2e-5 * largest, "\(name): \(worst) of \(largest)")
  }

  @Test(arguments: forms) func training(_ form: Form) throws {
    let actual = try results(form, .float32)
    let expected = try results(form, .float64)
    expectClose(actual.output, expected.output, "output")
    for (name, pair) in zip(["input", "weight", "bias", "residual"], zip(actual.gradients, expected.gradients)) {
      expectClose(pair.0, pair.1, "gradient of \(name)")
    }
    for (one, other) in zip(actual.running, expected.running) { expectClose(one, other, "running values") }
    #expect(actual.gradients.count == (form.hasResidual ? 4 : 3))
  }

  @Test(arguments: forms) func evaluation(_ form: Form) throws {
    expectClose(
      try results(form, .float32, isTraining: false).output, try results(form, .float64, isTraining: false).output,
      "output")
  }

  /// Without the kernels LibTorch's batch normalisation is called, with them it is not.
  @Test func kernelsCanBeDisabled() throws {
    let form = Form(shape: [4, 16, 8, 8], hasResidual: true, rectifies: true)
    ProcessorKernels.setEnabled(false)
    defer { ProcessorKernels.setEnabled(true) }
    let plain = try results(form, .float32)
    ProcessorKernels.setEnabled(true)
    let input = try Tensor.ones(form.shape).contiguous(.channelsLast)
    let profile = try ExecutionProfile.of(.cpu) {
      _ = try input.batchNormalized(
        BatchNormalizationSettings(
          weight: Tensor.ones([16]), bias: Tensor.zeros([16]), runningMean: Tensor.zeros([16]),
          runningVariance: Tensor.ones([16]), isTraining: true, momentum: 0.1, epsilon: 1e-5, rectifies: true),
        adding: input)
    }
    #expect(!profile.outermostOperators.keys.contains { $0.contains("batch_norm") })
    let fused = try results(form, .float32)
    expectClose(fused.output, plain.output, "output")
  }

  /// The same sums with every number of threads that divides the work alike, and twice the same bits.
  @Test func resultsRepeat() throws {
    let form = Form(shape: [16, 32, 32, 32], hasResidual: false, rectifies: true)
    let one = try results(form, .float32)
    let other = try results(form, .float32)
    #expect(one.output == other.output)
    #expect(one.gradients == other.gradients)
  }
}
