import LongtailTestSupport
import NeuralNetworks
import Testing
import Torch

@Suite struct OptimizerTests {
  /// How a case of the fixture is run here.
  struct Case: Sendable, CustomStringConvertible {
    let name: String
    var clipping: Double?
    let make: @Sendable (OptimizerProblem) throws -> any Optimizer
    var description: String { name }
  }

  static let cases: [Case] = sgd(.fused) + sgd(.perTensor) + adamW + sharpnessAware

  private static func sgd(_ implementation: SGD.Implementation) -> [Case] {
    func make(
      _ decay: Double, momentum: Double = 0.9, isNesterov: Bool = false
    ) -> @Sendable (OptimizerProblem) throws -> any Optimizer {
      {
        try SGD(
          $0.group(decay: decay), momentum: momentum, isNesterov: isNesterov, implementation: implementation)
      }
    }
    return [
      Case(name: "sgd", make: make(0)),
      Case(name: "sgd without momentum", make: make(0.1, momentum: 0)),
      Case(name: "sgd with decay", make: make(0.05)),
      Case(name: "sgd nesterov with decay", make: make(0.05, isNesterov: true)),
      Case(name: "sgd clipped", clipping: 0.5, make: make(0.05, isNesterov: true)),
      Case(name: "sgd not clipped", clipping: 100, make: make(0)),
      Case(name: "sgd with groups") { try SGD($0.twoGroups, implementation: implementation) },
    ]
  }

  private static let adamW = [
    Case(name: "adamw") { try AdamW($0.group(decay: 0.05)) },
    Case(name: "adamw with groups") { try AdamW($0.twoGroups, betas: (0.8, 0.95), epsilon: 1e-6) },
    Case(name: "adamw clipped", clipping: 0.5) { try AdamW($0.group(decay: 0)) },
  ]

  private static let sharpnessAware = [
    Case(name: "sharpness-aware") {
      SharpnessAwareMinimization(try SGD($0.group(decay: 0.05)), radius: 0.3)
    },
    Case(name: "sharpness-aware clipped", clipping: 0.5) {
      SharpnessAwareMinimization(try SGD($0.group(decay: 0.05)), radius: 0.3)
    },
  ]

  @Test(arguments: cases)
  func updatesEqualTheReference(of given: Case) throws {
    let fixture = try OptimizerFixture.load()
    let expected = try #require(fixture.cases[given.name])
    let problem = try OptimizerProblem(fixture.start)
    let optimizer = try given.make(problem)
    for (step, rate) in fixture.rates.enumerated() {
      try problem.step(optimizer, rate: rate, clipping: given.clipping)
      try CaseContext.with("step \(step)") {
        expectClose(try problem.values, expected[step].all, relative: 2e-6, absolute: 2e-7)
      }
    }
  }

  /// Taking the state over goes on where the first optimiser stopped, to the bit.
  @Test(arguments: cases)
  func stateIsComplete(of given: Case) throws {
    let fixture = try OptimizerFixture.load()
    let (whole, first, second) = (
      try OptimizerProblem(fixture.start), try OptimizerProblem(fixture.start), try OptimizerProblem(fixture.start)
    )
    let (through, before, after) = (try given.make(whole), try given.make(first), try given.make(second))
    for rate in fixture.rates { try problemStep(whole, through, rate, given) }
    for rate in fixture.rates.prefix(3) { try problemStep(first, before, rate, given) }
    #expect(before.state.map(\.name) == after.state.map(\.name))
    #expect(Set(before.state.map(\.name)).count == before.state.count)
    try withoutGradients {
      for (source, target) in zip(before.state + first.parameters, after.state + second.parameters) {
        try target.tensor.copy(from: source.tensor)
      }
    }
    for rate in fixture.rates.dropFirst(3) { try problemStep(second, after, rate, given) }
    #expect(try second.values == whole.values)
  }

  private func problemStep(
    _ problem: OptimizerProblem, _ optimizer: any Optimizer, _ rate: Double, _ given: Case
  ) throws {
    try problem.step(optimizer, rate: rate, clipping: given.clipping)
  }

  @Test func stateNamesSayWhatTheyHold() throws {
    let problem = try OptimizerProblem(OptimizerFixture.load().start)
    #expect(try SGD(problem.group(decay: 0)).state.map(\.name) == ["momentum.layer.weight", "momentum.layer.bias"])
    #expect(
      try AdamW(problem.group(decay: 0)).state.map(\.name) == [
        "first_moment.layer.weight", "second_moment.layer.weight", "step.layer.weight", "first_moment.layer.bias",
        "second_moment.layer.bias", "step.layer.bias",
      ])
  }

  @Test func parametersWithoutGradientAreNamed() throws {
    let problem = try OptimizerProblem(OptimizerFixture.load().start)
    let optimizer = try SGD(problem.group(decay: 0))
    let error = #expect(throws: MissingGradient.self) {
      try optimizer.update(learningRate: Tensor(scalar: Float(0.1)), clipping: nil) { _ in
        try problem.weight.sum().backward()
      }
    }
    #expect(error?.parameter == "layer.bias")
  }

  /// Clipping shortens only what is too long: gradients (3, 4) have length 5.
  @Test func clippingIsWorkedOutByHand() throws {
    for (limit, expected) in [(2.5, [-1.5, -2.0]), (5.1, [-3.0, -4.0])] {
      let weights = try [0, 1].map { _ in try Tensor([Float(0)]).requiringGradient() }
      let group = ParameterGroup(weights.enumerated().map { NamedTensor("\($0.offset)", $0.element) }, weightDecay: 0)
      let optimizer = try SGD([group], momentum: 0)
      try optimizer.update(learningRate: Tensor(scalar: Float(1)), clipping: limit) { _ in
        try (weights[0] * 3.0 + weights[1] * 4.0).sum().backward()
      }
      // The length is taken with 1e-6 added.
      expectClose(try weights.map { try $0.item() }, expected, relative: 1e-6)
    }
  }

  @Test func vectorsAreSparedFromDecay() throws {
    let problem = try OptimizerProblem(OptimizerFixture.load().start)
    let groups = ParameterGroup.excludingVectorsFromDecay(problem.parameters, weightDecay: 0.1)
    #expect(groups.map(\.weightDecay) == [0.1, 0])
    #expect(groups.map { $0.parameters.map(\.name) } == [["layer.weight"], ["layer.bias"]])
    #expect(ParameterGroup.excludingVectorsFromDecay([problem.parameters[0]], weightDecay: 0.1).count == 1)
  }

  /// The excursion is undone exactly, also when it was large.
  @Test func sharpnessAwareWeightsComeBack() throws {
    let problem = try OptimizerProblem(OptimizerFixture.load().start)
    let before = try problem.values
    let optimizer = SharpnessAwareMinimization(try SGD(problem.group(decay: 0)), radius: 1e4)
    try problem.step(optimizer, rate: 0)
    #expect(try problem.values == before)
  }
}
