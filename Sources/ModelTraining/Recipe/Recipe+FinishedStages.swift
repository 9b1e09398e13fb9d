import Torch
import VisionModels

extension Recipe {
  /// The recipe with stages that other runs have ended already: their networks are taken, measured and kept, and not trained.
  ///
  /// Earlier stages whose networks nothing needs any more are left out.
  ///
  /// - Parameter checkpoints: checkpoint files by the names of stages.
  /// - Throws: `RecipeError.finishedStage` for a stage that is not there, that gathers more than weights, or when nothing would be left to
  ///   train. Files are not read; see `checkFinishedStages(classNames:)`.
  public func taking(_ checkpoints: [String: String]) throws -> Recipe {
    for name in checkpoints.keys.sorted() { try checkTakes(name) }
    guard let last = stages.last, checkpoints[last.name] == nil else {
      throw RecipeError.finishedStage(
        name: stages.last?.name ?? "",
        reason: "is the last one of \(name), so that nothing is left to train; "
          + "'longtail eval' measures a run")
    }
    var recipe = self
    recipe.stages = stages.map { stage in
      guard let path = checkpoints[stage.name] else { return stage }
      var taken = Stage(changing: stage.name, [.finishedStage(checkpoint: path)], as: stage)
      (taken.program, taken.drawsImages, taken.teachers) = (nil, false, [])
      return taken
    }
    recipe.leaveOutStages(before: stages.lastIndex { checkpoints[$0.name] != nil } ?? 0)
    return recipe
  }

  /// Leaves out stages before one that is taken, but those that teach a stage which stays.
  private mutating func leaveOutStages(before index: Int) {
    var needed: Set<String> = []
    for place in stages.indices.reversed() {
      if place >= index || needed.contains(stages[place].name) {
        needed.formUnion(stages[place].teachers)
      } else {
        stages.remove(at: place)
      }
    }
  }

  /// Refuses checkpoints that hold another network than the stage that they stand for, or saw other classes or other inputs.
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

  private func checkTakes(_ name: String) throws {
    guard let stage = stages.first(where: { $0.name == name }) else {
      throw RecipeError.finishedStage(
        name: name, reason: "is none of \(self.name); its stages are \(stages.map(\.name).joined(separator: ", "))")
    }
    guard stage.program == nil else {
      throw RecipeError.finishedStage(
        name: name, reason: "has steps of its own, whose results are more than a network; it must be trained")
    }
  }
}
