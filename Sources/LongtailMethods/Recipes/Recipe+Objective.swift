import Datasets
import ModelTraining
import Objectives

extension Recipe {
  /// The same recipe with another loss in all its stages.
  /// - Throws: `ObjectiveError.setting` with the reason where a stage's loss is more than a function of logits, or
  ///   where the parts do not fit.
  public func replacingObjective(by kind: ObjectiveKind, for classes: ClassDistribution) throws -> Recipe {
    guard inference == .logits || !kind.correctsPrior else {
      throw ObjectiveError.setting(
        name: "objective", value: kind.rawValue,
        expected:
          "one without the prior: \(name) corrects the prior at test time already; or switch that correction off")
    }
    var recipe = self
    let objective = try kind.objective(for: classes, model: model)
    for stage in recipe.stages.indices {
      for phase in recipe.stages[stage].phases.indices {
        for (update, old) in recipe.stages[stage].phases[phase].objectives {
          try check(old, in: recipe.stages[stage], for: kind)
          recipe.stages[stage].phases[phase].objectives[update] = keepsLabelSmoothing(old, kind) ? old : objective
        }
      }
    }
    return recipe
  }

  /// A loss of the wanted kind that is there already keeps its settings.
  private func keepsLabelSmoothing(_ old: any Objective, _ kind: ObjectiveKind) -> Bool {
    kind == .crossEntropy && old is CrossEntropyLoss
  }

  private func check(_ old: any Objective, in stage: Stage, for kind: ObjectiveKind) throws {
    func fail(_ reason: String) -> ObjectiveError {
      .setting(name: "objective", value: kind.rawValue, expected: "none for \(name): stage '\(stage.name)' \(reason)")
    }
    guard stage.program == nil else { throw fail("has a program of its own, which its loss belongs to") }
    guard old is any RowObjective else { throw fail("minimises more than one loss of the model's logits") }
    if let plain = old as? CrossEntropyLoss, plain.labelSmoothing > 0, kind != .crossEntropy {
      throw ObjectiveError.setting(
        name: "objective", value: kind.rawValue,
        expected: "cross-entropy with label smoothing; or add --set training.labelSmoothing=0")
    }
  }
}
