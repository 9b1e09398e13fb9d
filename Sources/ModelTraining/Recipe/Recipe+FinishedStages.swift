import Torch
import VisionModels

extension Recipe {
  /// The recipe with stages that other runs have trained already: their networks are loaded, evaluated and saved, and not trained.
  ///
  /// Earlier stages whose networks are no longer needed are left out.
  ///
  /// - Parameter checkpoints: checkpoint files by the names of stages.
  /// - Throws: `RecipeError.finishedStage` for a stage that is not there, that keeps more than weights, or when nothing would be left to
  ///   train. Files are not read; see `checkFinishedStages(classNames:)`.
  public func usingFinishedStages(_ checkpoints: [String: String]) throws -> Recipe {
    for name in checkpoints.keys.sorted() { try checkCanBeFinished(name) }
    guard let last = stages.last, checkpoints[last.name] == nil else {
      throw RecipeError.finishedStage(
        name: stages.last?.name ?? "",
        reason: "is the last one of \(name), so that nothing is left to train; "
          + "'longtail eval' measures a run")
    }
    var recipe = self
    recipe.stages = stages.map { stage in
      guard let path = checkpoints[stage.name] else { return stage }
      var finished = Stage(changing: stage.name, [.finishedStage(checkpoint: path)], as: stage)
      (finished.program, finished.drawsImages, finished.teachers) = (nil, false, [])
      return finished
    }
    recipe.leaveOutStages(before: stages.lastIndex { checkpoints[$0.name] != nil } ?? 0)
    return recipe
  }

  /// Leaves out the stages before a finished one, except the teachers of stages that stay.
  private mutating func leaveOutStages(before index: Int) {
    var needed: Set<String> = []
    for stage in stages.indices.reversed() {
      if stage >= index || needed.contains(stages[stage].name) {
        needed.formUnion(stages[stage].teachers)
      } else {
        stages.remove(at: stage)
      }
    }
  }

  /// Refuses checkpoints with another network than their stage's, other classes or other preprocessing.
  ///
  /// - Parameter classNames: the classes of the data, in the order of their indices.
  /// - Throws: `RecipeError.checkpoint`, `WeightMismatch`, `SerializationError`.
  public func checkFinishedStages(classNames: [String]) throws {
    for (index, stage) in stages.enumerated() {
      for case .finishedStage(let path) in stage.initializations {
        let checkpoint = try Checkpoint(path)
        try checkpoint.checkEndsStage(classNames: classNames, preprocessing: preprocessing)
        try checkpoint.check(fits: model(ofStage: index).outline(classes: classNames.count))
      }
    }
  }

  private func checkCanBeFinished(_ name: String) throws {
    guard let stage = stages.first(where: { $0.name == name }) else {
      throw RecipeError.finishedStage(
        name: name, reason: "is none of \(self.name); its stages are \(stages.map(\.name).joined(separator: ", "))")
    }
    guard stage.program == nil else {
      throw RecipeError.finishedStage(
        name: name, reason: "has a program of its own, which keeps more than a network; it must be trained")
    }
  }
}
