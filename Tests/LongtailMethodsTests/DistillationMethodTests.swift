import BenchmarkSupport
import Datasets
import Foundation
import LongtailMethods
import LongtailTestSupport
import ModelTraining
import NeuralNetworks
import Objectives
import Testing
import Torch
import TrainingTestSupport
import VisionModels

/// Methods in which networks of earlier stages teach later ones.
@Suite(.serialized) struct DistillationMethodTests {
  enum Form: String, CaseIterable, Sendable {
    case oneTeacher, threeTeachers, ssd, ssdAsPublished

    /// Stages of three steps, those of classifier factors of two; four steps are an epoch.
    func recipe(for classes: ClassDistribution) throws -> Recipe {
      var settings = self.settings
      settings.model.backbone = "resnet20"
      settings.adjustSchedule {
        $0.length = .steps(3)
        $0.batchSize = 6
        $0.augmentation = Tiny.augmentation
      }
      if var ssd = settings as? SSD {
        ssd.balancing.length = .steps(2)
        // The queue wraps around within the stage.
        ssd.contrast?.queueLength = 14
        settings = ssd
      }
      return try settings.recipe(named: rawValue, for: classes)
    }

    private var settings: any Method {
      switch self {
      case .oneTeacher: ClassBalancedDistillation()
      case .threeTeachers:
        ClassBalancedDistillation {
          ($0.studentSampler, $0.teacherCount, $0.augmentedTeacherCount) = (.streamResampled, 2, 1)
        }
      case .ssd: SSD()
      case .ssdAsPublished: SSD { ($0.prediction, $0.variant) = (.hard, .published) }
      }
    }

    /// Steps within every stage, and at the end of each but the last.
    var stops: [Int] {
      switch self {
      case .oneTeacher: [2, 3, 5]
      case .threeTeachers: [2, 3, 4, 6, 8, 9, 11]
      case .ssd, .ssdAsPublished: [2, 3, 4, 5, 7, 8, 9]
      }
    }

    var stages: [String] {
      switch self {
      case .oneTeacher: ["teacher-1", "student"]
      case .threeTeachers: ["teacher-1", "teacher-2", "augmented-teacher-1", "student"]
      case .ssd, .ssdAsPublished: ["features", "soft-labels", "distillation", "balanced"]
      }
    }
  }

  /// All checkpoint files of a run.
  private func files(of store: CheckpointStore) throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: store.folder)
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: URL(fileURLWithPath: store.folder + "/" + $0))) })
  }

  private func withStore<Result>(_ body: (CheckpointStore) throws -> Result) throws -> Result {
    try withTemporaryFolder { try body(CheckpointStore(folder: $0.path)) }
  }

  /// Every stop is followed by a new trainer, which has nothing but the store.
  @Test(arguments: Form.allCases) func resumedAndReplayedRunsEqualAPlainOne(_ form: Form) throws {
    let data = try Tiny.data()
    let recipe = try form.recipe(for: data.classes)
    #expect(recipe.stages.map(\.name) == form.stages)
    let expected = try withStore { store in
      try Tiny.trainer(recipe, on: data, store: store).run()
      return try files(of: store)
    }
    #expect(expected.count == form.stages.count + 1)
    let resumed = try withStore { store in
      for step in form.stops { try TrainingRuns.stop(recipe, on: data, after: step, store: store) }
      try Tiny.trainer(recipe, on: data, store: store).run()
      return try files(of: store)
    }
    let runner = ReplayedSteps()
    let replayed = try withStore { store in
      var options = Tiny.options
      options.runner = runner
      let watcher = Watcher { if case .stageBegan = $0 { runner.forget() } }
      try Tiny.trainer(recipe, on: data, options: options, store: store, observers: [watcher]).run()
      return try files(of: store)
    }
    #expect(runner.replayCount > recipe.stages.count)
    for (name, run) in [("resumed", resumed), ("replayed", replayed)] {
      #expect(run.keys.sorted() == expected.keys.sorted(), "\(form) \(name)")
      let different = expected.filter { run[$0.key] != $0.value }.keys.sorted()
      #expect(different.isEmpty, "\(form) \(name): \(different)")
    }
  }

  /// Where images are not augmented, teacher logits are computed once, and are those that each step would compute.
  @Test func teacherLogitsOfUnaugmentedImagesAreCached() throws {
    let data = try Tiny.data()
    var changes: [Double: Int] = [:]
    for flipProbability in [0.0, 0.5] {
      var settings = ClassBalancedDistillation()
      settings.model.backbone = "resnet20"
      settings.adjustSchedule {
        $0.length = .epochs(1)
        $0.batchSize = 6
        $0.augmentation = .none
        $0.augmentation.flipProbability = flipProbability
      }
      var recipe = try settings.recipe(named: "cached", for: data.classes)
      let last = recipe.stages.count - 1
      let counts = Counts()
      recipe.stages[last].program = { ComparedTeacherLogits($0, counts: counts) }
      try Tiny.trainer(recipe, on: data).run()
      #expect(counts.steps == 4)
      #expect(counts.largestDifference < 1e-4)
      changes[flipProbability] = counts.cached
    }
    #expect(changes == [0: 4, 0.5: 0])
  }

  private final class Counts: @unchecked Sendable {
    var steps = 0
    var cached = 0
    var largestDifference = 0.0
  }

  /// Compares the teacher logits of the context with those that the teacher computes now.
  private final class ComparedTeacherLogits: StageProgram {
    private let counts: Counts
    init(_ stage: StageContext, counts: Counts) { self.counts = counts }

    func step(in stage: StageContext) throws {
      let batch = try stage.nextBatch(of: stage.updates[0].stream)
      let given = try stage.context(for: batch).teachers[0]
      let now = try withoutGradients { try stage.output(of: batch.images, by: stage.teachers[0]) }
      for (one, other) in [(given.logits, now.logits), (try #require(given.features), try #require(now.features))] {
        let differences = try (one - other).to(.float64).doubles().map(abs)
        counts.largestDifference = max(counts.largestDifference, differences.max() ?? .infinity)
      }
      counts.steps += 1
      counts.cached += stage.cachesTeacherLogits ? 1 : 0
    }
  }

  /// Neither weights nor running statistics of teachers change, and they get no gradient.
  @Test(arguments: Form.allCases) func teachersStayAsTheyAre(_ method: Form) throws {
    let data = try Tiny.data()
    var recipe = try method.recipe(for: data.classes)
    final class Notes: @unchecked Sendable { var texts: [String] = [] }
    let notes = Notes()
    let index = try #require(recipe.stages.firstIndex { !$0.teachers.isEmpty })
    recipe.stages[index].program = { try WatchedTeachers($0) { notes.texts.append($0) } }
    try Tiny.trainer(recipe, on: data).run()
    #expect(notes.texts == ["\(recipe.stages[index].teachers.count) teachers"])
  }

  /// The student's projection is as long as all teachers' features together, and its cosines lie on it.
  @Test func theStudentOfSeveralIsProjected() throws {
    let data = try Tiny.data()
    let recipe = try Form.threeTeachers.recipe(for: data.classes)
    let trainer = try Tiny.trainer(recipe, on: data)
    #expect(trainer.model.backbone.featureCount == 64)
    try trainer.run()
    #expect(trainer.model.backbone.featureCount == 192)
    #expect(trainer.model.state.first { $0.name == "linear.weight" }?.tensor.shape == [4, 192])
    let one = try Form.oneTeacher.recipe(for: data.classes)
    #expect(one.stages[1].model == one.model)
    #expect(one.stages[0].phases[0].augmentations == one.stages[1].phases[0].augmentations)
    let colors = try #require(recipe.stages[2].phases[0].augmentations["training"])
    #expect(colors.jitter?.hue == 0.2)
    #expect(colors.greyProbability == 0.2)
    #expect(colors.cutout == Tiny.augmentation.cutout)
    #expect(
      recipe.stages.map { $0.streams[0].sampler } == [
        .instanceBalanced, .instanceBalanced, .instanceBalanced, .streamResampled,
      ])
  }

  /// Teachers have different initial weights.
  @Test func teachersDiffer() throws {
    let data = try Tiny.data()
    let recipe = try Form.threeTeachers.recipe(for: data.classes)
    try withStore { store in
      try Tiny.trainer(recipe, on: data, store: store).run()
      let first = try ["00-teacher-1", "01-teacher-2", "02-augmented-teacher-1"].map { name in
        try Checkpoint("\(store.folder)/\(name).safetensors").model().allParameters[0].tensor.floats()
      }
      #expect(Set(first).count == 3)
      #expect(try Checkpoint(store.lastPath).model().backbone is ProjectedBackbone)
    }
  }

  /// Soft labels change the factors alone; the last stage changes those of the predicting head alone.
  @Test func balancingChangesFactorsAlone() throws {
    let data = try Tiny.data()
    let recipe = try Form.ssd.recipe(for: data.classes)
    try withStore { store in
      try Tiny.trainer(recipe, on: data, store: store).run()
      func weights(_ name: String) throws -> [String: [Float]] {
        let model = try Checkpoint("\(store.folder)/\(name).safetensors").model()
        return try Dictionary(
          uniqueKeysWithValues: model.state.map { ($0.name, try $0.tensor.detached().to(.float32).floats()) })
      }
      let stages = try ["00-features", "01-soft-labels", "02-distillation", "03-balanced"].map(weights)
      #expect(stages[0].filter { stages[1][$0.key] != $0.value }.keys.sorted() == ["linear.scales"])
      #expect(stages[0]["linear.scales"] == [1, 1, 1, 1])
      #expect(stages[0]["projection_head.fc2.weight"] != nil)
      #expect(stages[2].filter { stages[3][$0.key] != $0.value }.keys.sorted() == ["linear_soft.scales"])
      #expect(stages[2]["linear_soft.scales"] == [1, 1, 1, 1])
      #expect(stages[2]["conv1.weight"] != stages[1]["conv1.weight"])
    }
  }

  /// Without the contrastive term the features stage is the usual one.
  @Test func contrastCanBeLeftOut() throws {
    let data = try Tiny.data()
    var settings = SSD { ($0.contrast, $0.balancesAgain) = (nil, false) }
    settings.adjustSchedule {
      $0.length = .steps(2)
    }
    let recipe = try settings.recipe(named: "plain", for: data.classes)
    #expect(recipe.stages.count == 3)
    #expect(recipe.stages[0].program == nil)
    #expect(recipe.model.form == .classifier)
    #expect(throws: Never.self) { try Tiny.trainer(recipe, on: data).run() }
  }

  /// The terms of each stage are read one by one.
  @Test func termsAreReadOneByOne() throws {
    let data = try Tiny.data()
    for (method, expected) in [
      (Form.oneTeacher, ["cross-entropy", "feature-distillation"]),
      (.ssd, ["cross-entropy", "masked-contrastive", "soft-label-distillation"]),
    ] {
      let readings = Readings()
      try Tiny.trainer(method.recipe(for: data.classes), on: data, observers: [readings]).run()
      let names = Set(readings.metrics.flatMap { $0.losses.map(\.name) })
      #expect(expected.allSatisfy { name in names.contains { $0.hasSuffix(name) } }, "\(names)")
    }
  }

  @Test func badSettingsAreNamed() throws {
    let classes = try ClassDistribution(counts: [5, 3])
    func expectFault(_ name: String, _ settings: any Method) {
      #expect { try settings.recipe(named: "x", for: classes) } throws: { "\($0)".contains(name) }
    }
    expectFault("teacherCount", ClassBalancedDistillation { $0.teacherCount = 0 })
    expectFault("alpha", ClassBalancedDistillation { $0.alpha = 2 })
    expectFault("model.head", SSD { $0.model.head = .cosine })
    expectFault("contrast.queueLength", SSD { $0.contrast?.queueLength = 10 })
    expectFault("prediction", SSD { $0.prediction = .mean })
    var mixed = SSD()
    mixed.training.augmentation.mixing = .init { $0.mixupAlpha = 1 }
    expectFault("augmentation.mixing", mixed)
  }
}
