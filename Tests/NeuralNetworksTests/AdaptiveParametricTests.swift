import LongtailTestSupport
import NeuralNetworks
import Testing
import Torch

/// The two-parameter activation.
@Suite struct AdaptiveParametricTests {
  private typealias Activation = AdaptiveParametricActivation
  private static let points: [Double] = [-6, -2.5, -0.7, 0, 0.3, 1.1, 4, 9]

  /// First and second derivatives by input, lambda and kappa, also where the series stands in for a difference.
  @Test(arguments: [0.02, 0.6, 1, 3], [-0.8, 0, 0.5, 1.3])
  func derivativesAreRight(lambda: Double, kappa: Double) throws {
    let inputs: [(values: [Double], shape: [Int])] = [(Self.points, [8]), ([lambda], [1]), ([kappa], [])]
    try expectGradients("gate", of: inputs) { try Activation.gate($0[0], lambda: $0[1], kappa: $0[2]) }
    try expectGradients("unit", of: inputs) { try Activation.unit($0[0], lambda: $0[1], kappa: $0[2]) }
    try expectGradients("logarithm", of: inputs) { try Activation.logGate($0[0], lambda: $0[1], kappa: $0[2]) }
  }

  @Test func eachChannelMayHaveItsOwnPair() throws {
    var generator = SeededGenerator(seed: 3)
    try expectGradients(
      "channels",
      of: [
        (generator.numbers(24, in: -3...3), [2, 3, 2, 2]), (generator.numbers(3, in: 0.2...2), [1, 3, 1, 1]),
        (generator.numbers(3, in: -1...1), [1, 3, 1, 1]),
      ]
    ) { try Activation.unit($0[0], lambda: $0[1], kappa: $0[2]) }
    try expectGradients(
      "tokens",
      of: [
        (generator.numbers(12, in: -3...3), [2, 2, 3]), (generator.numbers(3, in: 0.2...2), [3]),
        (generator.numbers(3, in: -1...1), [3]),
      ]
    ) { try Activation.gate($0[0], lambda: $0[1], kappa: $0[2]) }
  }

  /// Values and all first and second derivatives stay finite wherever a power would overflow.
  @Test(arguments: [DType.float32, .float64, .bfloat16, .float16])
  func extremesStayFinite(dtype: DType) throws {
    for lambda in [1e-8, 1e-4, 0.5, 50] {
      for kappa in [-8, -1, 0, 1.3, 8] {
        let leaves = try [
          Tensor([-100.0, -88.8, -20, -1e-3, 0, 1e-3, 20, 88.8, 100]).to(dtype), Tensor([lambda]).to(.float32),
          Tensor([kappa]).to(.float32),
        ].map { try $0.requiringGradient() }
        for value in [
          try Activation.gate(leaves[0], lambda: leaves[1], kappa: leaves[2]),
          try Activation.unit(leaves[0], lambda: leaves[1], kappa: leaves[2]),
        ] {
          #expect(value.dtype == dtype)
          #expect(try value.isFinite().all().item() == 1)
          let found = try gradients(of: [value.sum()], withRespectTo: leaves)
          for gradient in found { #expect(try gradient?.isFinite().all().item() == 1, "\(lambda) \(kappa)") }
        }
      }
    }
  }

  @Test func namedLimits() throws {
    let x = try Tensor(Self.points)
    let one = try Tensor(scalar: 1.0)
    expectClose(try Activation.gate(x, lambda: one, kappa: one).doubles(), try x.sigmoid().doubles(), relative: 1e-14)
    expectClose(
      try Activation.unit(x, lambda: one, kappa: one).doubles(), try x.silu().doubles(), relative: 1e-14)
    let sharp = try Activation.unit(x, lambda: one, kappa: Tensor(scalar: 500.0))
    expectClose(try sharp.doubles(), try x.relu().doubles(), relative: 1e-14, absolute: 1e-12)
    let gumbel = try Activation.gate(x, lambda: Tensor(scalar: 1e-9), kappa: one)
    expectClose(try gumbel.doubles(), try (-((-x).exp())).exp().doubles(), relative: 1e-3, absolute: 1e-6)
  }

  /// The published backward is right for input and kappa, and of the wrong sign for lambda.
  @Test func thePublishedGradientDiffersInLambda() throws {
    func found(_ kind: Activation.LambdaGradient) throws -> [[Double]] {
      let leaves = try [Tensor([1.5]), Tensor([0.7]), Tensor([0.9])].map { try $0.requiringGradient() }
      let value = try Activation.unit(leaves[0], lambda: leaves[1], kappa: leaves[2], lambdaGradient: kind)
      return try gradients(of: [value.sum()], withRespectTo: leaves).map { try $0?.doubles() ?? [] }
    }
    let (exact, published) = (try found(.exact), try found(.published))
    #expect(exact[0] == published[0] && exact[2] == published[2])
    #expect(exact[1][0] > 0 && published[1][0] < 0)
  }

  /// Between the passes lie the output and nothing else: the input belongs to the caller.
  @Test func onlyTheInputIsKept() throws {
    let x = try Tensor.ones([1 << 16]).requiringGradient()
    let pair = try [0.5, 1].map { try Tensor([Float($0)]).requiringGradient() }
    let before = Engine.allocatedBytes
    let value = try Activation.unit(x, lambda: pair[0], kappa: pair[1])
    #expect(Engine.allocatedBytes - before < (4 << 16) + 4096)
    #expect(value.requiresGradient)
  }

  /// What lies in memory between the passes is no more than SiLU leaves there, also after a backward pass.
  @Test(arguments: [DType.float32, .bfloat16])
  func theUnitKeepsNoMoreMemoryThanSiLU(dtype: DType) throws {
    func bytes(_ activation: any Layer) throws -> [Int] {
      let x = try Tensor.ones([4, 16, 32, 32], dtype: dtype).contiguous(.channelsLast).requiringGradient()
      let before = Engine.allocatedBytes
      // What comes next in a network needs its input too, so the first result is kept as it would be there.
      let first = try activation(x)
      let second = try activation(first)
      let between = Engine.allocatedBytes - before
      try second.sum().backward()
      return [between, Engine.allocatedBytes - before]
    }
    let unit = try AGLU(using: Initializer(seed: 4))
    let (own, silu) = (try bytes(unit), try bytes(SiLU()))
    let map = 4 * 16 * 32 * 32 * (dtype == .float32 ? 4 : 2)
    #expect((2 * map...2 * map + 4096).contains(silu[0]))
    // Beside the maps: the positive lambda and gradients of single parameters.
    for (own, silu) in zip(own, silu) { #expect(own <= silu + 4096, "\(own) and \(silu) bytes") }
  }

  @Test func rawValuesBelowTheirBoundAreDead() throws {
    for (rule, lowest) in [(CurveParameters.Positivity.floor, 1e-4), (.shifted, 1e-8)] {
      let raw = try Tensor([-1.0, 0, 1e-4, 2]).requiringGradient()
      let lambda = try rule.lambda(raw)
      #expect(try lambda.doubles()[0] == lowest)
      #expect(try gradients(of: [lambda.sum()], withRespectTo: [raw])[0]?.doubles()[0] == 0)
      #expect(try gradients(of: [rule.lambda(raw).sum()], withRespectTo: [raw])[0]?.doubles()[3] == 1)
    }
    #expect(throws: ParameterError.self) { try Activation.validate(lambda: 0) }
  }

  @Test func layersDrawTheirPairsInRange() throws {
    let initializer = Initializer(seed: 4)
    let unit = try AGLU(using: initializer)
    #expect(unit.parameters.map(\.name) == ["lambda_param", "kappa_param"])
    #expect((0...1).contains(try unit.curve.rawLambda.item()))
    #expect((0.8...1.2).contains(try unit.curve.kappa.item()))
    let gate = try APAGate(kappa: -1...0, sharing: .channels(3), isTrained: false, using: initializer)
    #expect(gate.parameters.isEmpty && gate.buffers.map(\.tensor.shape) == [[1, 3, 1, 1], [1, 3, 1, 1]])
    let other = try AGLU(using: Initializer(seed: 9))
    try other.load(Dictionary(uniqueKeysWithValues: unit.state.map { ($0.name, $0.tensor) }))
    let x = try Tensor.ones([3])
    #expect(try other(x).isEqual(to: unit(x)))
    let output = try unit(x.to(.bfloat16))
    #expect(output.dtype == .bfloat16)
  }

  /// The one-pass kernel against the operations in double, for any order in memory, also of the gradient.
  @Test(arguments: [1e-4, 0.05, 0.7, 1, 4, 50], [-1.2, 0, 0.9, 5])
  func theKernelEqualsTheOperations(lambda: Double, kappa: Double) throws {
    var generator = SeededGenerator(seed: 31)
    let values = generator.numbers(2 * 5 * 17 * 13, in: -9...9)
    let weights = generator.numbers(values.count, in: -1...1)
    for kind in ["gate", "unit", "published"] {
      func results(_ dtype: DType, _ format: MemoryFormat) throws -> [[Double]] {
        let x = try Tensor(values, shape: [2, 5, 17, 13]).to(dtype).contiguous(format).requiringGradient()
        let pair = try [lambda, kappa].map { try Tensor([Float($0)]).to(dtype).requiringGradient() }
        let output =
          switch kind {
          case "gate": try Activation.gate(x, lambda: pair[0], kappa: pair[1])
          case "unit": try Activation.unit(x, lambda: pair[0], kappa: pair[1])
          default: try Activation.unit(x, lambda: pair[0], kappa: pair[1], lambdaGradient: .published)
          }
        let upstream = try Tensor(weights, shape: [2, 5, 17, 13]).to(dtype)
        let found = try gradients(of: [output], withRespectTo: [x] + pair, weights: [upstream])
        return try [output.doubles()] + found.map { try $0?.doubles() ?? [] }
      }
      let exact = try results(.float64, .contiguous)
      for format in [MemoryFormat.contiguous, .channelsLast] {
        let fast = try results(.float32, format)
        for (index, pair) in zip(fast, exact).enumerated() {
          let size = pair.1.map(abs).max() ?? 0
          CaseContext.with("\(kind), \(format), result \(index)") {
            // Small lambda turns the rounding of its logarithm into that of a large exponent.
            expectClose(pair.0, pair.1, relative: 2e-4, absolute: 2e-5 * size + 1e-12)
          }
        }
      }
    }
  }
}
