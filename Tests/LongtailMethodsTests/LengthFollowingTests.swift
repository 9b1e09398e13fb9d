import Datasets
import LongtailMethods
import ModelTraining
import NeuralNetworks
import RunRecords
import Runs
import Serialization
import Testing

/// Warm-ups, milestones and later stages follow the length of training.
@Suite struct LengthFollowingTests {
  private func resolved(_ name: String, _ assignments: [String], imageCount: Int? = nil) throws -> SettingsTree {
    try RecipeRegistry.recipe(named: name).resolvedTree(
      for: imageCount.map { count in RecipeEntry.DataFacts { _ in count } }
    ) { tree in
      for assignment in assignments { try tree.apply(assignment: assignment) }
    }
  }

  private func text(_ tree: SettingsTree, _ path: String) -> String {
    tree.value(at: path).map { $0.stringValue ?? $0.compactText } ?? "none"
  }

  /// Published lengths give the published epochs, whole ones, and schedules in the published form.
  @Test(arguments: RecipeRegistry.all.map(\.name)) func publishedLengthsChangeNothing(name: String) throws {
    let entry = try RecipeRegistry.recipe(named: name)
    let defaults = try entry.settingsTree()
    let length = text(defaults, "training.length")
    for assignments in [[], ["training.length='\(length)'"]] {
      let tree = try resolved(name, assignments, imageCount: 10_000)
      #expect(tree.value == defaults.value)
    }
    for leaf in defaults.leaves where leaf.path.hasSuffix("warmupEpochs") || leaf.path.hasSuffix("steps.epochs") {
      let epochs = leaf.value.arrayValue?.compactMap(\.doubleValue) ?? leaf.value.doubleValue.map { [$0] } ?? []
      #expect(epochs.allSatisfy { $0 == $0.rounded() && ($0 != 1 || leaf.path.hasSuffix("steps.epochs")) }, "\(leaf)")
    }
    for update in try entry.stages().flatMap(\.updates) {
      if case .warmupBySteps = update.schedule { Issue.record("\(name): \(update.schedule)") }
    }
  }

  private func milestoneCount(_ settings: TrainingSettings) -> Int {
    if case .steps(let steps) = settings.schedule { steps.epochs.count } else { 0 }
  }

  /// A tenth of the length, in every recipe: the warm-up is real, milestones and later stages lie within it.
  @Test(arguments: RecipeRegistry.all.map(\.name)) func shortTrainingsAreInProportion(name: String) throws {
    let entry = try RecipeRegistry.recipe(named: name)
    guard case .epochs(let count) = entry.settings.training.length else { return }
    let short = max(1, count / 10)
    let tree = try resolved(name, ["training.length='\(short) epochs'"])
    let settings = try entry.settings(from: tree)
    #expect(settings.training.unreachedMilestones.isEmpty)
    #expect(milestoneCount(settings.training) == milestoneCount(entry.settings.training))
    let (stages, usual) = try (
      settings.recipe(named: name, for: ClassDistribution(counts: [50, 20])).stages, entry.stages()
    )
    for (stage, whole) in zip(stages, usual) where whole.length != .steps(0) {
      let share = try #require(stage.length.share(of: whole.length, stepsPerEpoch: 50))
      #expect(share < 0.55 || whole.length == .epochs(1), "\(name), \(stage.name): \(stage.length)")
      for (update, published) in zip(stage.updates, whole.updates) {
        let steps = stage.length.steps(stepsPerEpoch: 50)
        let warmsUp =
          published.schedule.factor(
            atStep: 0, stepsPerEpoch: 50, totalSteps: whole.length.steps(stepsPerEpoch: 50)) < 0.9
        let first = update.schedule.factor(atStep: 0, stepsPerEpoch: 50, totalSteps: steps)
        #expect(!warmsUp || first < 0.9, "\(name), \(stage.name): the first factor is \(first)")
        let last = update.schedule.factor(atStep: steps - 1, stepsPerEpoch: 50, totalSteps: steps)
        #expect(last < 0.3, "\(name), \(stage.name): the last factor is \(last)")
      }
    }
  }

  @Test(arguments: [
    (
      "ride/cifar100-lt", "20 epochs",
      ["training.warmupEpochs=0.5", "training.schedule.steps.epochs=[16.0, 18.0]", "router.training.length=1 epochs"]
    ),
    ("ride/cifar100-lt/distilled", "20 epochs", ["training.warmupEpochs=2.0", "distillation.teacherWarmupEpochs=0.5"]),
    (
      "mdcs/cifar100-lt", "40 epochs",
      ["training.warmupEpochs=2.0", "training.schedule.steps.epochs=[20.0, 32.0, 38.0]", "consistency.rampEpochs=2"]
    ),
    ("shike/cifar100-lt", "18 epochs", ["retraining.length=2 epochs", "retraining.warmupEpochs=0.5"]),
    (
      "crt/cifar100-lt", "400 epochs",
      ["training.warmupEpochs=10.0", "training.schedule.steps.epochs=[320.0, 360.0]", "retraining.length=20 epochs"]
    ),
    (
      "lws/cifar10-lt", "2 epochs",
      ["training.warmupEpochs=0.05", "training.schedule.steps.epochs=[1.6, 1.8]", "scaling.length=1 epochs"]
    ),
    ("ssd/imagenet-lt", "27 epochs", ["balancing.length=1 epochs"]),
  ])
  func valuesAreScaled(name: String, length: String, expected: [String]) throws {
    let tree = try resolved(name, ["training.length='\(length)'"])
    for line in expected {
      let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
      #expect(text(tree, parts[0]) == parts[1], "\(name): \(line)")
      let origin = try #require(tree.origin(of: parts[0])?.description)
      #expect(origin.hasPrefix("follows: "), "\(origin)")
      #expect(origin.contains(".length is "), "\(origin)")
    }
  }

  @Test func givenValuesStay() throws {
    let tree = try resolved(
      "crt/cifar100-lt",
      ["training.length='20 epochs'", "training.warmupEpochs=5", "retraining.length='10 epochs'"])
    #expect(text(tree, "training.warmupEpochs") == "5")
    #expect(text(tree, "training.schedule.steps.epochs") == "[16.0, 18.0]")
    #expect(text(tree, "retraining.length") == "10 epochs")
    #expect(tree.origin(of: "training.warmupEpochs") == .commandLine)
  }

  /// Epochs and steps are compared by the images; without data the recipe's own values are shown, with that remark.
  @Test func stepsAreComparedOnceTheDataAreKnown() throws {
    let tree = try resolved("cross-entropy/cifar100-lt", ["training.length='850 steps'"], imageCount: 10_847)
    #expect(text(tree, "training.schedule.steps.epochs") == "[8.0, 9.0]")
    #expect(text(tree, "training.warmupEpochs") == "0.25")
    let unknown = try resolved("cross-entropy/cifar100-lt", ["training.length='850 steps'"])
    #expect(text(unknown, "training.schedule.steps.epochs") == "[160.0, 180.0]")
    #expect(
      unknown.origin(of: "training.schedule.steps.epochs")?.description.contains("once the number of images is known")
        == true)
  }

  /// The first epoch of a short warm-up rises by steps; a published one does not.
  @Test func shortWarmupsRise() throws {
    var settings = TrainingSettings.cifar
    settings.warmupEpochs = 1
    let factors = [0, 4, 9, 10].map {
      settings.learningRateSchedule.factor(atStep: $0, stepsPerEpoch: 10, totalSteps: 2000)
    }
    #expect(factors == [0.1, 0.5, 1, 1])
    (settings.warmupEpochs, settings.schedule) = (0.5, .lateWarmupCosine(warmupStart: 0.5))
    let late = [0, 4, 5, 19].map { settings.learningRateSchedule.factor(atStep: $0, stepsPerEpoch: 10, totalSteps: 20) }
    #expect(late[0] == 0.6)
    #expect(late[1] == 1)
    #expect(late[2] == 1)
    #expect(late[3] < 0.02)
    settings.warmupEpochs = 5
    #expect(settings.learningRateSchedule == .lateWarmupCosine(start: 0.5, epochs: 5, end: 0))
  }

  @Test(arguments: [
    ("model.cosineScale=16", "model.cosineScale", "cifar100-lt"),
    ("data.profile=step", "data.profile", "own"),
    ("training.optimizer.secondBeta=0.9", "training.optimizer.secondBeta", "cifar100-lt"),
  ])
  func givenValuesWithoutEffectAreRefused(assignment: String, path: String, target: String) throws {
    #expect {
      _ = try resolved("cross-entropy/\(target)", [assignment])
    } throws: {
      "\($0)".contains("--set") && "\($0)".contains(path) && "\($0)".contains("it has no effect")
    }
  }
}
