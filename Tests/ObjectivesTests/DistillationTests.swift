import DataLoading
import LongtailTestSupport
import NeuralNetworks
import Objectives
import Testing
import Torch
import VisionModels

/// Objectives that learn from teachers, from queues, or from two heads.
@Suite struct DistillationTests {
  private let labels = [0, 2, 1]

  private func batch() throws -> Batch {
    try Batch(images: Tensor.zeros([3, 3, 1, 1]), labels: Tensor(labels), indices: Tensor.range(0, 3))
  }

  private func context(_ teachers: [ModelOutput] = []) throws -> StepContext {
    try StepContext(step: Tensor.zeros([], dtype: .int64), teachers: teachers)
  }

  private func values(_ count: Int, _ shape: [Int], seed: UInt64) -> (values: [Double], shape: [Int]) {
    var generator = SeededGenerator(seed: seed)
    return (generator.numbers(count, in: -2...2), shape)
  }

  @Test func gradientsAreSlopes() throws {
    let (student, teacher) = (
      values(12, [3, 4], seed: 1), try Tensor(values(12, [3, 4], seed: 2).values, shape: [3, 4])
    )
    let halves = [try teacher.narrowed(axis: 1, start: 0, count: 2), try teacher.narrowed(axis: 1, start: 2, count: 2)]
    try expectGradients("features", of: [student]) {
      try FeatureDistillation().rows(student: $0[0], teachers: halves)
    }
    let batch = try batch()
    let context = try context(halves.map { ModelOutput(logits: $0, features: $0) })
    try expectGradients("class-balanced distillation", of: [student, values(12, [3, 4], seed: 3)]) {
      try ClassBalancedDistillationLoss().terms(ModelOutput(logits: $0[1], features: $0[0]), batch, at: context).total()
    }
    try expectGradients("soft labels", of: [student]) {
      try SoftLabelDistillation(temperature: 3).rows(student: $0[0], teacher: teacher)
    }
    let teaching = try self.context([ModelOutput(logits: teacher)])
    try expectGradients("two heads", of: [student, values(12, [3, 4], seed: 4)]) {
      try JointSelfDistillation(hardWeight: 0.7, softWeight: 1.3)
        .terms(ModelOutput(logits: $0[1], expertLogits: $0), batch, at: teaching).total()
    }
    try expectGradients("calibrated", of: [student, values(12, [3, 4], seed: 4)]) {
      try CalibratedObjective(plainWeight: 0.3)
        .terms(ModelOutput(logits: $0[0], expertLogits: $0), batch, at: teaching).total()
    }
    let queue = try Tensor(values(20, [4, 5], seed: 5).values, shape: [4, 5])
    try expectGradients("contrastive", of: [student]) {
      try MaskedContrastive(temperature: 0.5).rows(
        queries: $0[0], keys: teacher, labels: batch.labels, queueKeys: queue, queueLabels: Tensor([0, 1, 2, 0, -1]))
    }
  }

  /// Teachers, keys and queues get no gradient even if they require one.
  @Test func teachersAndQueuesGetNoGradient() throws {
    let leaves = try (1...3).map {
      try Tensor(values(12, [3, 4], seed: $0).values, shape: [3, 4]).requiringGradient()
    }
    let queue = try Tensor(values(20, [4, 5], seed: 5).values, shape: [4, 5]).requiringGradient()
    let output = ModelOutput(logits: leaves[0], features: leaves[0], expertLogits: [leaves[0], leaves[0]])
    let context = try context([ModelOutput(logits: leaves[1], features: leaves[1])])
    for objective in [try ClassBalancedDistillationLoss(), try JointSelfDistillation()] as [any Objective] {
      let total = try objective.terms(output, batch(), at: context).total()
      let found = try gradients(of: [total], withRespectTo: Array(leaves.prefix(2)), allowUnused: true)
      #expect(found[0] != nil)
      #expect(found[1] == nil)
    }
    let contrast = try MaskedContrastive().rows(
      queries: leaves[0], keys: leaves[1], labels: Tensor(labels), queueKeys: queue,
      queueLabels: Tensor([0, 1, 2, 0, 1]))
    let found = try gradients(
      of: [contrast.sum()], withRespectTo: [leaves[0], leaves[1], queue], allowUnused: true)
    #expect(found[0] != nil)
    #expect(found[1] == nil)
    #expect(found[2] == nil)
  }

  /// Equal outputs of student and teacher have loss and gradient 0.
  @Test func equalOutputsHaveNoLoss() throws {
    let same = try Tensor(values(12, [3, 4], seed: 1).values, shape: [3, 4])
    expectClose(
      try FeatureDistillation().rows(student: same * 3.0, teachers: [same]).doubles(), [0, 0, 0], absolute: 1e-14)
    expectClose(
      try FeatureDistillation().rows(student: same * -3.0, teachers: [same]).doubles(), [2, 2, 2], relative: 1e-14)
    let leaf = try same.clone().requiringGradient()
    let rows = try SoftLabelDistillation().rows(student: leaf, teacher: same)
    expectClose(try rows.doubles(), [0, 0, 0], absolute: 1e-14)
    let slope = try gradients(of: [rows.sum()], withRespectTo: [leaf])[0]
    expectClose(try slope?.doubles() ?? [], Array(repeating: 0, count: 12), absolute: 1e-14)
  }

  /// Losses and gradients are finite for features of zeros and for logits far apart.
  @Test func extremesStayFinite() throws {
    let zeros = try Tensor.zeros([2, 4], dtype: .float64).requiringGradient()
    let teacher = try Tensor(values(8, [2, 4], seed: 2).values, shape: [2, 4])
    let loss = try FeatureDistillation().rows(student: zeros, teachers: [teacher])
    #expect(try loss.doubles() == [1, 1])
    #expect(try gradients(of: [loss.sum()], withRespectTo: [zeros])[0]?.isFinite().all().item() == 1)
    let far = try Tensor([900.0, -900, 0, 0, -900, 900], shape: [2, 3]).requiringGradient()
    let near = try Tensor([-900.0, 900, 0, 0, 0, 0], shape: [2, 3])
    let rows = try SoftLabelDistillation(temperature: 1).rows(student: far, teacher: near)
    #expect(try rows.isFinite().all().item() == 1)
    #expect(try gradients(of: [rows.sum()], withRespectTo: [far])[0]?.isFinite().all().item() == 1)
    let cold = try MaskedContrastive(temperature: 0.001)
    let query = try teacher.clone().requiringGradient()
    let contrast = try cold.rows(
      queries: query, keys: -teacher, labels: Tensor([0, 1]), queueKeys: teacher.transposed(0, 1),
      queueLabels: Tensor([5, 6]))
    #expect(try contrast.isFinite().all().item() == 1)
    #expect(try gradients(of: [contrast.sum()], withRespectTo: [query])[0]?.isFinite().all().item() == 1)
  }

  @Test func aQueueOfTheOwnClassHasNoLoss() throws {
    let query = try Tensor(values(4, [1, 4], seed: 1).values, shape: [1, 4]).requiringGradient()
    let queue = try Tensor(values(12, [4, 3], seed: 2).values, shape: [4, 3])
    func rows(_ objective: MaskedContrastive) throws -> Tensor {
      try objective.rows(
        queries: query, keys: query.detached() * -1.0, labels: Tensor([2]), queueKeys: queue,
        queueLabels: Tensor([2, 2, 2]))
    }
    let loss = try rows(MaskedContrastive())
    #expect(try loss.doubles() == [0])
    #expect(try gradients(of: [loss.sum()], withRespectTo: [query])[0]?.doubles() == [0, 0, 0, 0])
    #expect(try rows(MaskedContrastive(excludesOwnClass: false)).item() > 0)
  }

  @Test func theTermIsThatOfTheQueue() throws {
    let queue = try FeatureQueue(capacity: 6, features: 4, using: Initializer(seed: 1))
    let objective = try MaskedContrastive()
    let (query, key) = (try Tensor.ones([2, 4]), try Tensor.ones([2, 4]))
    let term = try objective.term(queries: query, keys: key, labels: Tensor([0, 1]), queue: queue)
    let rows = try objective.rows(
      queries: query, keys: key, labels: Tensor([0, 1]), queueKeys: queue.keys, queueLabels: queue.labels)
    expectClose(try term.mean().item(), try rows.mean().item(), relative: 1e-6)
  }

  @Test func errorsNameWhatIsMissing() throws {
    let logits = try Tensor.zeros([3, 4])
    let output = ModelOutput(logits: logits)
    let batch = try batch()
    func refusal(_ objective: any Objective, _ output: ModelOutput, _ context: StepContext) -> String {
      let error = #expect(throws: ObjectiveError.self) { try objective.terms(output, batch, at: context) }
      return error.map { "\($0)" } ?? ""
    }
    let teaching = try context([output])
    #expect(refusal(FeatureDistillation(), output, teaching).contains("the student"))
    let featured = ModelOutput(logits: logits, features: logits)
    #expect(refusal(FeatureDistillation(), featured, teaching).contains("a teacher"))
    #expect(refusal(FeatureDistillation(), featured, try context()).contains("one teacher or more"))
    let two = try context([featured, featured])
    #expect(refusal(FeatureDistillation(), featured, two).contains("have 8 in total, the student 4"))
    #expect(refusal(try JointSelfDistillation(), output, teaching).contains("needs 1 experts"))
    #expect(refusal(try SoftLabelDistillation(), output, try context()).contains("teacher number 0"))
    let wide = try context([ModelOutput(logits: Tensor.zeros([3, 7]))])
    #expect(refusal(try SoftLabelDistillation(), output, wide).contains("4 classes"))
    #expect(throws: ObjectiveError.self) { try ClassBalancedDistillationLoss(alpha: 1.2) }
    #expect(throws: ObjectiveError.self) { try ClassBalancedDistillationLoss(beta: -1) }
    #expect(throws: ObjectiveError.self) { try SoftLabelDistillation(temperature: 0) }
    #expect(throws: ObjectiveError.self) { try MaskedContrastive(temperature: -1) }
    #expect(throws: ObjectiveError.self) { try JointSelfDistillation(softWeight: .nan) }
    #expect(throws: ObjectiveError.self) { try CalibratedObjective(plainWeight: -1) }
  }

  /// With averaged weights the loss of both branches has the size of one.
  @Test func lossesOfBothBranchesAreAveraged() throws {
    let logits = try (3...4).map { try Tensor(values(12, [3, 4], seed: $0).values, shape: [3, 4]) }
    func total(_ objective: CalibratedObjective, _ logits: [Tensor]) throws -> Double {
      try objective.terms(ModelOutput(logits: logits[0], expertLogits: logits), batch(), at: context()).total().item()
    }
    let sum = try total(CalibratedObjective(plainWeight: 0.3), logits)
    expectClose(try total(CalibratedObjective(plainWeight: 0.3, averages: true), logits), sum / 1.3, relative: 1e-12)
    let one = try total(CalibratedObjective(plainWeight: 0), [logits[0], logits[0]])
    let mean = try total(CalibratedObjective(plainWeight: 3, averages: true), [logits[0], logits[0]])
    expectClose(mean, one, relative: 1e-12)
  }

  /// Larger and smaller scales have a larger loss.
  @Test func theBestScaleIsFound() throws {
    let products = try Tensor(values(40, [8, 5], seed: 3).values, shape: [8, 5])
    let labels = try Tensor([0, 1, 2, 3, 4, 0, 1, 2])
    // A label whose logit is not the largest keeps the scale finite.
    let targets = try labels.oneHot(classes: 5).to(.float64)
    let helped = try products + targets * 1.5
    let best = try ScaleSearch.bestScale(logits: helped, labels: labels)
    let loss = { (scale: Double) in try (helped * scale).crossEntropy(labels).item() }
    #expect(try loss(best) < loss(best * 1.01))
    #expect(try loss(best) < loss(best * 0.99))
    #expect(throws: ObjectiveError.self) { try ScaleSearch.bestScale(logits: helped, labels: labels, within: 0...1) }
  }

  @Test func relativeFrequenciesAreCorrected() throws {
    let offsets = try RelativeFrequencyCorrection.offsets(counts: [50, 30, 20])
    expectClose(offsets, [0, 0.8472978603872037, 1.3862943611198906], absolute: 1e-12)
    #expect(throws: ObjectiveError.self) { try RelativeFrequencyCorrection.offsets(counts: [50, 0]) }
    #expect(throws: ObjectiveError.self) { try RelativeFrequencyCorrection.offsets(counts: [50]) }
  }
}
