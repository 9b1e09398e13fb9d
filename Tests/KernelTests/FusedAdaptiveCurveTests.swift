import Foundation
import KernelEmulation
import LongtailTestSupport
import NeuralNetworks
import Testing
import Torch

/// Adaptive units and gates that choose between kernels and plain operations by themselves.
@Suite struct FusedAdaptiveCurveTests {
  private typealias Activation = AdaptiveParametricActivation

  /// Values and gradients of an activation whose elements have weights.
  private func results(
    _ shape: [Int], dtype: DType = .float32, format: MemoryFormat = .channelsLast, weightFormat: MemoryFormat? = nil,
    lambda: Double = 0.6, kappa: Double = 0.9, _ activation: (Tensor, Tensor, Tensor) throws -> Tensor
  ) throws -> [[Double]] {
    var generator = SeededGenerator(seed: 21)
    func numbers(_ range: ClosedRange<Double>, _ format: MemoryFormat) throws -> Tensor {
      let count = shape.reduce(1, *)
      return try Tensor(generator.numbers(count, in: range), shape: shape).to(dtype).contiguous(format)
    }
    let input = try numbers(-6...6, format).requiringGradient()
    let weights = try numbers(-1...1, weightFormat ?? format)
    let pair = try [lambda, kappa].map {
      try Tensor([Float($0)]).to(dtype == .float64 ? .float64 : .float32).requiringGradient()
    }
    let output = try activation(input, pair[0], pair[1])
    #expect(output.dtype == dtype)
    #expect(output.isContiguous(format))
    let found = try gradients(of: [output], withRespectTo: [input] + pair, weights: [weights])
    return try [output.doubles()] + found.map { try $0?.doubles() ?? [] }
  }

  /// Kernels against the operations in double precision; a gradient in another order is arranged before.
  @Test func kernelsEqualTheOperations() throws {
    let activations: [(Tensor, Tensor, Tensor) throws -> Tensor] = [
      { try Activation.gate($0, lambda: $1, kappa: $2) }, { try Activation.unit($0, lambda: $1, kappa: $2) },
      { try Activation.unit($0, lambda: $1, kappa: $2, lambdaGradient: .published) },
    ]
    for (number, activation) in activations.enumerated() {
      for weightFormat in [MemoryFormat.channelsLast, .contiguous] {
        let exact = try results([3, 5, 4, 3], dtype: .float64, activation)
        let launcher = EmulatedLauncher()
        let fused = try launcher.run { try results([3, 5, 4, 3], weightFormat: weightFormat, activation) }
        #expect(
          launcher.started.all == [
            "adaptive_curve_value_float32_4", "adaptive_curve_gradient_float32_4", "adaptive_curve_sums",
          ])
        for (index, (actual, expected)) in zip(fused, exact).enumerated() {
          CaseContext.with("activation \(number), result \(index)") {
            expectClose(actual, expected, relative: 1e-5, absolute: 2e-6)
          }
        }
      }
    }
  }

  /// Axes that are neither first nor last in memory.
  @Test func elementsMayLieInAnyDenseOrder() throws {
    var generator = SeededGenerator(seed: 5)
    let base = try generator.uniform([4, 3, 5], -3, 3)
    let pair = try [0.4, 1.1].map { try Tensor([Float($0)]) }
    for axes in [[0, 1, 2], [1, 0, 2], [2, 0, 1]] {
      let input = try base.permuted(axes)
      let plain = try Activation.unit(input.contiguous(), lambda: pair[0], kappa: pair[1])
      let launcher = EmulatedLauncher()
      let fused = try launcher.run { try Activation.unit(input, lambda: pair[0], kappa: pair[1]) }
      #expect(launcher.started.all.count == 1)
      #expect(fused.strides == input.strides)
      expectClose(try fused.doubles(), try plain.doubles(), relative: 1e-5, absolute: 1e-6)
    }
  }

  /// Pairs of channels, gaps in memory, other types, and nothing at all.
  @Test func plainTwinsTakeTheRest() throws {
    var generator = SeededGenerator(seed: 8)
    let base = try generator.uniform([3, 8, 4, 4], -1, 1)
    let (one, channels) = (try Tensor([Float(0.7)]), try generator.uniform([1, 8, 1, 1], 0.5, 1.5))
    let inputs: [(Tensor, Tensor)] = try [
      (base, channels), (base.narrowed(axis: 1, start: 0, count: 5), one), (base.to(.float64), one),
      (base.to(.float16), one), (Tensor.zeros([0, 4]), one),
      (Tensor.ones([1]).expanded([6]), one), (Tensor.ones([6]), one.reshaped([1, 1])),
    ]
    let launcher = EmulatedLauncher()
    for (input, parameter) in inputs {
      let expected = try Activation.unit(input, lambda: parameter, kappa: parameter)
      let found = try launcher.run { try Activation.unit(input, lambda: parameter, kappa: parameter) }
      #expect(try found.isEqual(to: expected))
    }
    #expect(launcher.started.all.isEmpty)
  }

  /// Only gradients that are asked for are written; a frozen pair costs no second launch.
  @Test func frozenPartsGetNoGradients() throws {
    let launcher = EmulatedLauncher()
    let input = try Tensor.ones([40]).requiringGradient()
    let frozen = try Tensor([Float(0.5)])
    let trained = try Tensor([Float(0.8)]).requiringGradient()
    try launcher.run {
      try Activation.unit(input, lambda: frozen, kappa: frozen).sum().backward()
      #expect(launcher.started.all.count == 2)
      #expect(input.gradient != nil)
      try Activation.unit(input.detached(), lambda: Tensor([Float(0.5)]), kappa: trained).sum().backward()
    }
    #expect(launcher.started.all.count == 5)
    // Forty times eta sigmoid(t) / lambda, with t = log lambda - kappa.
    let t = log(0.5) - 0.8
    let share = pow(1 + exp(t), -2) * exp(t) / (1 + exp(t)) / 0.5
    expectClose(try trained.gradient?.doubles() ?? [], [40 * share], relative: 1e-5)
    #expect(frozen.gradient == nil)
  }

  /// A gradient that is differentiated again is made of operations, with the same numbers as ever.
  @Test func gradientsCanBeDifferentiatedAgain() throws {
    func second() throws -> [Double] {
      let leaves = try [Tensor([Float(-2), 0.3, 1.7, 4]), Tensor([Float(0.6)]), Tensor([Float(1.2)])].map {
        try $0.requiringGradient()
      }
      let value = try Activation.unit(leaves[0], lambda: leaves[1], kappa: leaves[2])
      let first = try gradients(of: [(value * value).sum()], withRespectTo: leaves, createGraph: true)
      let squares = try first.compactMap { $0 }.map { try ($0 * $0).sum() }
      return try gradients(of: squares, withRespectTo: leaves).flatMap { try $0?.doubles() ?? [] }
    }
    let plain = try second()
    let launcher = EmulatedLauncher()
    expectClose(try launcher.run(second), plain, relative: 1e-4, absolute: 1e-5)
    // The pass that is recorded launches nothing; the one through it, which is not, comes to the activation once.
    let parts = ["value_float32_4", "gradient_float32_4", "sums"]
    #expect(launcher.started.all == parts.map { "adaptive_curve_" + $0 })
    #expect(plain.contains { abs($0) > 1e-3 })
  }

  /// The layers, with bounds of their own and in the type that mixed precision gives them.
  @Test(arguments: [DType.float32, .bfloat16])
  func layers(dtype: DType) throws {
    let layers: [any Module & Layer] = try [
      AGLU(using: Initializer(seed: 4)), AGLU(lambdaGradient: .published, using: Initializer(seed: 5)),
      APAGate(kappa: -1...0, using: Initializer(seed: 6)),
    ]
    for layer in layers {
      func pass() throws -> [[Double]] {
        var generator = SeededGenerator(seed: 3)
        let input = try generator.uniform([2, 9, 3, 5], -4, 4).to(dtype).requiringGradient()
        let parameters = layer.parameters.map(\.tensor)
        let found = try gradients(of: [layer(input).to(.float32).sum()], withRespectTo: [input] + parameters)
        return try [layer(input).doubles()] + found.map { try $0?.doubles() ?? [] }
      }
      let plain = try pass()
      let launcher = EmulatedLauncher()
      let fused = try launcher.run(pass)
      #expect(launcher.started.all.count == 4)
      let tolerance = dtype == .bfloat16 ? 0x1p-7 : 2e-5
      for (actual, expected) in zip(fused, plain) {
        expectClose(actual, expected, relative: tolerance, absolute: tolerance)
      }
    }
  }

  /// The same bits each time, whatever order the threads take.
  @Test func sumsRepeatBitForBit() throws {
    let all = try EmulatedLauncher.Order.allCases.map { order in
      var launcher = EmulatedLauncher()
      launcher.order = order
      return try launcher.run {
        try results([5, 7, 9, 11], weightFormat: .contiguous) { try Activation.unit($0, lambda: $1, kappa: $2) }
      }
    }
    #expect(all[0] == all[1])
    #expect(all[0] == all[2])
  }
}
