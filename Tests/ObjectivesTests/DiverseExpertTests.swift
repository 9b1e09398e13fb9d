import LongtailTestSupport
import Objectives
import Testing
import Torch
import VisionModels

/// Losses of diverse experts, their distillation and their router.
@Suite struct DiverseExpertTests {
  private func diversity(
    _ sample: ExpertSample, repulsion: Double = 0.45, style: ClassTemperatures.Style = .divided,
    target: DistributionAwareDiversity.Target
  ) throws -> DistributionAwareDiversity {
    let temperatures = try ClassTemperatures(counts: sample.counts, base: 1.3, gamma: 0.05, style: style)
    return try DistributionAwareDiversity(repulsion: repulsion, temperatures: temperatures, target: target)
  }

  @Test(arguments: ClassTemperatures.Style.allCases, RoutingDiverseExperts.BaseLogits.allCases)
  func pairwiseGradientsAreSlopes(style: ClassTemperatures.Style, logits: RoutingDiverseExperts.BaseLogits) throws {
    try withRandomCases(4) { generator in
      let sample = ExpertSample(using: &generator)
      let objective = try RoutingDiverseExperts(
        BalancedSoftmaxLoss(counts: sample.counts), on: logits, baseWeight: 0.7,
        diversity: diversity(sample, style: style, target: .pairwise))
      try sample.expectSlopes("pairwise", objective)
    }
  }

  /// `-repulsion factor (q - P) / T / B`: the mean gets no gradient.
  @Test(arguments: ClassTemperatures.Style.allCases)
  func theMeanGetsNoGradient(style: ClassTemperatures.Style) throws {
    try withRandomCases(20) { generator in
      let sample = ExpertSample(using: &generator)
      let objective = try diversity(sample, style: style, target: .detachedMean)
      let temperatures = objective.temperatures.values
      var expected: [Double] = []
      for expert in 0..<sample.experts {
        for row in 0..<sample.rows {
          let mean = (0..<sample.classes).map { label in
            (0..<sample.experts).reduce(0) { $0 + sample.row($1, row)[label] } / Double(sample.experts)
          }
          let (target, own) = (
            softmax(zip(mean, temperatures).map { $0 / $1 }),
            softmax(zip(sample.row(expert, row), temperatures).map { $0 / $1 })
          )
          expected += (0..<sample.classes).map { label in
            -0.45 * objective.temperatures.divergenceFactor / Double(sample.rows) * (own[label] - target[label])
              / temperatures[label]
          }
        }
      }
      expectClose(try sample.gradient(objective), expected, relative: 1e-10, absolute: 1e-14)
    }
  }

  /// Whatever the target, the divergence of identical experts is 0, and one expert alone has none.
  @Test(arguments: DistributionAwareDiversity.Target.allCases)
  func identicalExpertsDoNotDiverge(target: DistributionAwareDiversity.Target) throws {
    try withRandomCases(10) { generator in
      let sample = ExpertSample(using: &generator).identical
      let objective = try diversity(sample, target: target)
      expectClose(try sample.loss(objective), 0, absolute: 1e-13)
      let alone = ExpertSample(experts: 1, using: &generator)
      expectClose(try alone.loss(diversity(alone, target: target)), 0, absolute: 1e-13)
      expectClose(
        try alone.gradient(diversity(alone, target: target)), Array(repeating: 0, count: alone.logits.count),
        absolute: 1e-13)
      // Divergences themselves are never below 0.
      let other = ExpertSample(using: &generator)
      #expect(try diversity(other, target: target).divergences(other.leaf()).doubles().allSatisfy { $0 >= -1e-14 })
    }
  }

  @Test func withoutRepulsionTheLossIsTheBase() throws {
    try withRandomCases(10) { generator in
      let sample = ExpertSample(using: &generator)
      let base = try LDAMLoss(counts: sample.counts, scale: 5)
      let objective = try RoutingDiverseExperts(base, diversity: diversity(sample, repulsion: 0, target: .detachedMean))
      let plain = base.summedOverExperts()
      expectClose(try sample.loss(objective), try sample.loss(plain), relative: 1e-13)
      expectClose(try sample.gradient(objective), try sample.gradient(plain), relative: 1e-12, absolute: 1e-15)
      // The collaborative loss is that of the mean logits, times the number of experts.
      let together = try RoutingDiverseExperts(base, on: .collaborative)
      let output = try sample.output(sample.leaf())
      let mean = try base.loss(logits: output.logits, labels: sample.batch().labels).item()
      expectClose(try sample.loss(together), mean * Double(sample.experts), relative: 1e-12)
    }
  }

  /// The loss does not depend on the order of experts.
  @Test(arguments: DistributionAwareDiversity.Target.allCases)
  func permutingExpertsPermutesTheGradient(target: DistributionAwareDiversity.Target) throws {
    try withRandomCases(10) { generator in
      let sample = ExpertSample(using: &generator)
      let objective = try RoutingDiverseExperts(CrossEntropyLoss(), diversity: diversity(sample, target: target))
      var turned = sample
      let size = sample.rows * sample.classes
      turned.logits = Array(sample.logits[size...] + sample.logits[..<size])
      expectClose(try turned.loss(objective), try sample.loss(objective), relative: 1e-12)
      let gradient = try sample.gradient(objective)
      expectClose(
        try turned.gradient(objective), Array(gradient[size...] + gradient[..<size]), relative: 1e-10, absolute: 1e-13)
    }
  }

  @Test func temperaturesFollowFrequency() throws {
    for style in ClassTemperatures.Style.allCases {
      let values = try ClassTemperatures(counts: [500, 50, 5], base: 2, gamma: 0.1, style: style).values
      #expect(values[0] == 2)
      #expect(values[0] > values[1])
      #expect(values[1] > values[2])
      #expect(values[2] > 0)
      #expect(try ClassTemperatures(counts: [5, 5], base: 2, gamma: 0.1, style: style).values == [2, 2])
      #expect(try ClassTemperatures(counts: [500, 5], base: 2, gamma: 0, style: style).values == [2, 2])
    }
    #expect(try ClassTemperatures(uniform: 3, classes: 2).divergenceFactor == 9)
    #expect(try ClassTemperatures(uniform: 3, classes: 2, style: .shifted).divergenceFactor == 1)
    // Shifted temperatures fall below 0 where divided ones do not.
    #expect(throws: ObjectiveError.self) { try ClassTemperatures(counts: [1000, 1, 1], gamma: 0.5, style: .shifted) }
    _ = try ClassTemperatures(counts: [1000, 1, 1], gamma: 0.5, style: .divided)
    #expect(throws: ObjectiveError.self) { try ClassTemperatures(counts: [10, 0], gamma: 1) }
    #expect(throws: ObjectiveError.self) { try ClassTemperatures(counts: [10, 1], base: 0, gamma: 0.1) }
    #expect(throws: ObjectiveError.self) { try ClassTemperatures(counts: [10, 1], gamma: -0.1) }
  }

  // MARK: Distillation

  @Test func distillationFollowsTheMeanOfTheTeacher() throws {
    try withRandomCases(4) { generator in
      let sample = ExpertSample(using: &generator)
      let teacherLeaf = try Tensor(generator.numbers(sample.logits.count, in: -3...3), shape: sample.shape)
        .requiringGradient()
      let teacher = try sample.output(teacherLeaf)
      let context = StepContext(step: try Tensor.zeros([], dtype: .int64), teachers: [teacher])
      let base = try CrossEntropyLoss().summedOverExperts()
      let once = try ExpertDistillation(base, weight: 0.8, repetition: .once)
      let repeated = try ExpertDistillation(base, weight: 0.8)
      try sample.expectSlopes("distillation", once, at: context)
      expectClose(
        try sample.loss(repeated, at: context), try Double(sample.experts) * sample.loss(once, at: context),
        relative: 1e-12)
      // A teacher without experts gives the same loss as the mean of its experts.
      let single = StepContext(step: context.step, teachers: [ModelOutput(logits: teacher.logits)])
      expectClose(try sample.loss(once, at: single), try sample.loss(once, at: context), relative: 1e-12)
      let leaf = try sample.leaf()
      let total = try once.terms(sample.output(leaf), sample.batch(), at: context).total()
      let found = try gradients(of: [total], withRespectTo: [leaf, teacherLeaf], allowUnused: true)
      #expect(found[0] != nil)
      #expect(found[1] == nil)
      #expect(
        throws: ObjectiveError.teacherCount(objective: "distillation of experts", expected: "a teacher", actual: 0)
      ) { try sample.loss(once) }
    }
  }

  // MARK: Routing

  /// Targets against their definition, on the host.
  @Test func targetsMarkImagesThatNeedAFurtherExpert() throws {
    try withRandomCases(30) { generator in
      let sample = ExpertSample(using: &generator)
      let output = try sample.output(sample.leaf())
      let objective = try RoutingObjective()
      let targets = try objective.targets(expertLogits: output.expertLogits, labels: sample.batch().labels)
      var expected: [Double] = []
      for expert in 0..<sample.experts - 1 {
        for row in 0..<sample.rows {
          func isCorrect(_ prefix: Int) -> Bool {
            let sums = (0..<sample.classes).map { label in
              (0...prefix).reduce(0) { $0 + sample.row($1, row)[label] }
            }
            return sums.indices.max { sums[$0] < sums[$1] } == sample.labels[row]
          }
          expected.append(!isCorrect(expert) && (expert + 1..<sample.experts).contains(where: isCorrect) ? 1 : 0)
        }
      }
      #expect(try targets.doubles() == expected)
      #expect(!targets.requiresGradient)
    }
  }

  @Test func onlyTheRouterGetsAGradient() throws {
    try withRandomCases(4) { generator in
      let sample = ExpertSample(experts: 3, using: &generator)
      let routerLogits = generator.numbers(2 * sample.rows, in: -3...3)
      let batch = try sample.batch()
      let context = try startOfTraining()
      let objective = try RoutingObjective(positiveWeight: 7)
      func output(_ leaf: Tensor, _ logits: Tensor) throws -> ModelOutput {
        try sample.output(leaf, router: (0..<2).map { try logits.selected(axis: 0, index: $0) })
      }
      try expectGradients("router", of: [(routerLogits, [2, sample.rows])]) {
        try objective.terms(output(sample.leaf(), $0[0]), batch, at: context).total()
      }
      let leaf = try sample.leaf()
      let routerLeaf = try Tensor(routerLogits, shape: [2, sample.rows]).requiringGradient()
      let total = try objective.terms(output(leaf, routerLeaf), batch, at: context).total()
      let found = try gradients(of: [total], withRespectTo: [leaf, routerLeaf], allowUnused: true)
      #expect(found[0] == nil)
      #expect(found[1] != nil)
      // Extreme logits have finite losses and gradients.
      let certain = try Tensor([1e4, -1e4], shape: [2]).requiringGradient()
      let losses = try objective.elements(certain, targets: Tensor([0.0, 1], shape: [2]))
      expectClose(try losses.doubles(), [1e4, 7e4], relative: 1e-12)
      let slope = try gradients(of: [losses.sum()], withRespectTo: [certain])[0]
      expectClose(try slope?.doubles() ?? [], [1, -7], relative: 1e-12)
      #expect(throws: ObjectiveError.noRouter(objective: "routing", expected: 2, actual: 0)) {
        try objective.terms(sample.output(leaf), batch, at: context)
      }
    }
  }

  @Test func oneNetworkHasNoExperts() throws {
    var generator = SeededGenerator(seed: 1)
    let sample = ObjectiveSample(using: &generator)
    let temperatures = try ClassTemperatures(uniform: 1, classes: sample.classes)
    let objectives: [any Objective] = [
      try CrossEntropyLoss().onMeanOfExperts(), try DistributionAwareDiversity(temperatures: temperatures),
      try DynamicKnowledgeTransfer(), try RoutingObjective(), try ConsistentExperts(counts: sample.counts),
    ]
    for objective in objectives {
      #expect(throws: ObjectiveError.self) {
        try objective.terms(sample.output(), sample.batch(), at: startOfTraining())
      }
    }
  }
}
