import Longtail

/// Times the stages of a recipe in turn with the first stage of another one, on images of noise.
struct RecipeBench {
  /// A recipe that takes part.
  struct Contestant {
    let name: String
    let settings: any Method
    var objective: ObjectiveKind?

    func recipe(for classes: ClassDistribution) throws -> Recipe {
      let recipe = try settings.recipe(named: name, for: classes)
      return try objective.map { try recipe.replacingObjective(by: $0, for: classes) } ?? recipe
    }
  }

  /// Epochs of a stage: one that warms everything up and lets a program fill what it keeps, one that is measured.
  private static let epochs = 2

  let rounds: Int
  let steps: Int
  let classes: Int
  let compute: ComputeSettings

  /// Runs all stages of a recipe that have steps.
  func run(_ contestant: Contestant, beside other: Contestant) throws -> RecipeTimings {
    let rival = try runner(other) { recipe in
      recipe.stages = Array(recipe.stages.prefix(1))
      recipe.stages[0].length = .steps(1_000_000)
    }
    let runner = try runner(contestant) { recipe in
      for index in recipe.stages.indices where recipe.stages[index].length != .steps(0) {
        recipe.stages[index].length = .epochs(Self.epochs)
      }
    }
    try rival.advance(steps: 3)
    var stages: [RecipeTimings.Stage] = []
    for (index, stage) in runner.recipe.stages.enumerated() where stage.length != .steps(0) {
      try runner.begin(stage: index, step: epochSteps + 1)
      var durations = (own: [Duration](), rival: [Duration]())
      for _ in 0..<rounds {
        durations.rival.append(try timed { try rival.advance(steps: steps) } / steps)
        durations.own.append(try timed { try runner.advance(steps: steps) } / steps)
      }
      guard let own = TimingSummary(durations.own), let others = TimingSummary(durations.rival) else { continue }
      let batch = stage.streams[0].batchSize
      stages.append(
        RecipeTimings.Stage(
          name: stage.name, batch: batch, milliseconds: own, rivalMilliseconds: others,
          ratio: own.median / Double(batch) / (others.median / Double(rival.batch))))
    }
    return RecipeTimings(
      recipe: contestant.name, beside: other.name, rivalBatch: rival.batch, device: "\(compute.device)",
      precision: compute.precision.rawValue, threads: Engine.threadCount, rounds: rounds, steps: steps, stages: stages)
  }

  /// Rounds never reach the end of an epoch, where measurements are read.
  private var epochSteps: Int { rounds * steps + 2 }

  private func timed(_ body: () throws -> Void) throws -> Duration {
    try measured {
      try body()
      try compute.device.synchronize()
    }
  }

  private func runner(_ contestant: Contestant, _ change: (inout Recipe) -> Void) throws -> Runner {
    let settings = contestant.settings
    let side = settings.model.inputSize
    let count = max(classes, epochSteps * settings.training.batchSize)
    let images = try NoiseImages.images(
      count: count, side: side, labels: NoiseImages.longTailedLabels(count: count, classes: classes),
      on: compute.device)
    let data = try NoiseImages.data(images, classes: classes)
    var recipe = try contestant.recipe(for: data.classes)
    change(&recipe)
    var options = Trainer.Options()
    options.readingsPerEpoch = 1
    return Runner(
      trainer: try Trainer(recipe, data: data, compute: compute, options: options), recipe: recipe)
  }

  /// A run that is driven step by step.
  private struct Runner {
    let trainer: Trainer
    let recipe: Recipe
    var batch: Int { recipe.stages[0].streams[0].batchSize }

    func begin(stage: Int, step: Int) throws {
      while trainer.stage != stage || trainer.step < step { guard try trainer.advance() else { return } }
    }

    func advance(steps: Int) throws {
      let end = trainer.step + steps
      while trainer.step < end { guard try trainer.advance() else { return } }
    }
  }
}

/// What `longtail-bench recipe` says.
struct RecipeTimings: Encodable, CustomStringConvertible {
  /// The steps of one stage, and those of the other recipe in turn with them.
  struct Stage: Encodable {
    let name: String
    let batch: Int
    let milliseconds: TimingSummary
    let rivalMilliseconds: TimingSummary
    /// Time an image over the other recipe's.
    let ratio: Double
  }

  let recipe: String
  let beside: String
  let rivalBatch: Int
  let device: String
  let precision: String
  let threads: Int
  let rounds: Int
  let steps: Int
  let stages: [Stage]

  var description: String {
    let lines = stages.map {
      "  \($0.name): \($0.milliseconds.median.text(1)) ms a step of \($0.batch), beside "
        + "\($0.rivalMilliseconds.median.text(1)) ms of \(rivalBatch): \($0.ratio.text(3)) times the time an image"
    }
    return """
      \(recipe) beside \(beside), \(precision), \(device), \(threads) threads, \(rounds) rounds of \(steps) steps
      \(lines.joined(separator: "\n"))
      """
  }
}
