import LongtailTestSupport
import NeuralNetworks
import Testing
import Torch
import VisionModels

/// Routers, and experts that are asked only where router say so.
@Suite struct RoutingTests {
  @Test func gatesHaveTheirGradients() throws {
    var generator = SeededGenerator(seed: 5)
    let inputs = [[3, 5], [3, 4], [6, 4], [6], [1, 9], [1]].map { shape in
      (values: generator.numbers(shape.reduce(1, *), in: -1...1), shape: shape)
    }
    try expectGradients("gate", of: inputs) {
      try ExpertRouter.logits(
        meanLogits: $0[0], features: $0[1], hidden: ($0[2], $0[3]), output: ($0[4], $0[5]), topLogits: 3)
    }
  }

  /// The highest logits come first, then the units of the feature's direction.
  @Test func gatesSeeLogitsBeforeFeatures() throws {
    let logits = try ExpertRouter.logits(
      meanLogits: Tensor([1.0, 5, 3], shape: [1, 3]), features: Tensor([3.0, 4], shape: [1, 2]),
      hidden: (Tensor([1.0, 0, 0, -1], shape: [2, 2]), Tensor([0.5, 0.1])),
      output: (Tensor([10.0, 1, 100, 1000], shape: [1, 4]), Tensor([0.25])), topLogits: 2)
    // 10 * 5 + 1 * 3 + 100 * relu(0.6 + 0.5) + 1000 * relu(-0.8 + 0.1) + 0.25
    expectClose(try logits.doubles(), [163.25], relative: 1e-12)
    let silent = try ExpertRouter.logits(
      meanLogits: Tensor([1.0, 5, 3], shape: [1, 3]), features: Tensor([0.0, 0], shape: [1, 2]),
      hidden: (Tensor([1.0, 0, 0, -1], shape: [2, 2]), Tensor([0.5, 0.1])),
      output: (Tensor([10.0, 1, 100, 1000], shape: [1, 4]), nil), topLogits: 2)
    expectClose(try silent.doubles(), [203], relative: 1e-12)
  }

  @Test func whoStoppedDoesNotResume() throws {
    let experts = try [[1.0, 0], [3, 0], [8, 3]].map { try Tensor($0 + $0 + $0, shape: [3, 2]) }
    let router = [try Tensor([-1.0, 1, 1]), try Tensor([1.0, -1, 0.5])]
    let routed = try ExpertRouter.route(expertLogits: experts, routerLogits: router)
    #expect(try routed.expertsUsed.integers() == [1, 2, 3])
    expectClose(try routed.logits.doubles(), [1, 0, 2, 0, 4, 1], relative: 1e-12)
    expectClose(try routed.stoppingFractions(experts: 4), [1 / 3.0, 1 / 3.0, 1 / 3.0, 0], relative: 1e-12)
  }

  private func model(
    _ family: ExpertFamily, count: Int = 4, fusion: DepthFusionRule = .none, threshold: Double = 0.5
  ) throws -> ExpertClassifier {
    let model = try family.model(
      ExpertSettings {
        ($0.count, $0.fusion) = (count, fusion)
        $0.routing = RoutingSettings { ($0.topLogits, $0.hidden, $0.threshold) = (3, 8, threshold) }
      })
    // Running values away from their beginning, so that evaluation is that of a trained network.
    for seed in UInt64(20)..<24 { _ = try withoutGradients { try model(family.images(16, seed: seed)) } }
    model.setTraining(false)
    return model
  }

  private func bias(_ model: ExpertClassifier) throws -> Tensor {
    try #require(model.allParameters.first { $0.name == "router.output.bias" }).tensor.detached()
  }

  /// A bias of the shared output layer with which half of the first gate's images stop.
  private func balance(_ model: ExpertClassifier, _ images: Tensor) throws {
    let answers = try model(images).routerLogits[0].doubles().sorted()
    let middle = answers.count / 2
    try bias(model).add(Tensor([Float(-(answers[middle - 1] + answers[middle]) / 2)]))
  }

  @Test(arguments: ExpertFamily.allCases)
  func skippedExpertsChangeNothing(family: ExpertFamily) throws {
    for fusion in [DepthFusionRule.none, .product] where family.stages > 0 || fusion == .none {
      let model = try model(family, fusion: fusion)
      let images = try family.images(12)
      try balance(model, images)
      let (routed, masked) = (try model.routed(images), try model.routedWithAllExperts(images))
      #expect(try routed.expertsUsed.integers() == masked.expertsUsed.integers())
      expectClose(try routed.logits.doubles(), try masked.logits.doubles(), relative: 1e-3, absolute: 1e-3)
      #expect(Set(try routed.expertsUsed.integers()).count > 1)
    }
  }

  /// An expert that nobody asks is not computed: it could be anything.
  @Test func unaskedExpertsAreNotComputed() throws {
    let model = try model(.padded)
    for parameter in model.allParameters where parameter.name.hasPrefix("experts.1.") {
      try parameter.tensor.detached().fill(.nan)
    }
    let images = try ExpertFamily.padded.images(6)
    try bias(model).fill(-1000)
    let alone = try model.routed(images)
    #expect(try alone.expertsUsed.integers() == [1, 1, 1, 1, 1, 1])
    #expect(try alone.logits.isEqual(to: model(images).expertLogits[0]))
    try bias(model).fill(1000)
    // Undefined scores say nothing to the second gate, which therefore stops all.
    #expect(try model.routed(images).expertsUsed.integers() == [2, 2, 2, 2, 2, 2])
  }

  @Test func thresholdsMoveTheDecision() throws {
    let images = try ExpertFamily.padded.images(12)
    let used = try [1e-12, 0.5, 1 - 1e-12].map { threshold in
      try model(.padded, threshold: threshold).routed(images).expertsUsed.integers().reduce(0, +)
    }
    #expect(used[0] == 48 && used[2] == 12 && used[1] >= used[2] && used[1] <= used[0])
  }

  @Test func routingNeedsGatesAndEvaluation() throws {
    let images = try ExpertFamily.padded.images()
    let plain = try ExpertFamily.padded.model(ExpertSettings())
    plain.setTraining(false)
    #expect(throws: ModelError.self) { try plain.routed(images) }
    let gated = try ExpertFamily.padded.model(ExpertSettings { $0.routing = RoutingSettings() })
    let error = #expect(throws: ModelError.self) { try gated.routed(images) }
    #expect(error?.description.contains("evaluation") == true)
  }
}
