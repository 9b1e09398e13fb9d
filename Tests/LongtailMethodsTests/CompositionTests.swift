import Datasets
import LongtailMethods
import LongtailTestSupport
import ModelTraining
import Objectives
import Runs
import Testing
import TrainingTestSupport

/// One part of a recipe is swapped for another.
@Suite struct CompositionTests {
  private let classes = try? ClassDistribution(counts: [10, 6, 4, 2])

  private func recipe(_ name: String, _ assignments: [String] = []) throws -> Recipe {
    let entry = try RecipeRegistry.recipe(named: name)
    var tree = try entry.settingsTree()
    for assignment in assignments { try tree.apply(assignment: assignment) }
    return try entry.settings(from: tree).recipe(named: name, for: #require(classes))
  }

  @Test(arguments: ObjectiveKind.allCases) func lossesAreSwappedInAllStages(kind: ObjectiveKind) throws {
    let classes = try #require(classes)
    let swapped = try recipe("crt/synthetic", ["model.head=cosine"]).replacingObjective(by: kind, for: classes)
    let expected = type(of: try kind.objective(for: classes, model: swapped.model))
    #expect(swapped.stages.count == 2)
    for objective in swapped.stages.flatMap(\.phases).flatMap(\.objectives.values) {
      #expect(type(of: objective) == expected)
    }
  }

  @Test func whatDoesNotFitSaysWhy() throws {
    let classes = try #require(classes)
    func reason(_ kind: ObjectiveKind, _ recipe: Recipe) -> String {
      do {
        _ = try recipe.replacingObjective(by: kind, for: classes)
        return ""
      } catch { return "\(error)" }
    }
    #expect(reason(.ldam, try recipe("cross-entropy/synthetic")).contains("--head cosine"))
    #expect(reason(.balancedSoftmax, try recipe("apa/synthetic")).contains("corrects the prior at test time"))
    #expect(reason(.balancedSoftmax, try recipe("apa/synthetic", ["priorCorrection=none"])).isEmpty)
    #expect(reason(.focal, try recipe("camc/synthetic")).contains("more than one loss"))
    #expect(
      reason(.focal, try recipe("cross-entropy/synthetic", ["training.labelSmoothing=0.1"])).contains(
        "training.labelSmoothing=0"))
  }

  @Test func partsAreSettings() throws {
    let entry = try RecipeRegistry.recipe(named: "cross-entropy/synthetic")
    var tree = try entry.settingsTree()
    var parts = RecipeComposition()
    (parts.sampler, parts.head, parts.activation, parts.augmentation) = (.classBalanced, .cosine, .aglu, .strongCIFAR)
    try parts.apply(to: &tree)
    let settings = try entry.settings(from: tree)
    #expect(settings.training.sampler == .classBalanced)
    #expect(settings.model.head == .cosine)
    #expect(settings.model.activation == .aglu)
    #expect(settings.training.augmentation == .strongCIFAR)
    for name in NamedAugmentation.allCases {
      parts.augmentation = name
      try parts.apply(to: &tree)
      #expect(try entry.settings(from: tree).training.augmentation == name.augmentation)
    }
  }

  /// A recipe of swapped parts trains.
  @Test func aComposedRecipeTrains() throws {
    let data = try Tiny.data()
    let composed = try recipe(
      "cross-entropy/synthetic",
      [
        "model.activation=aglu", "model.gate=adaptiveBlockAttention", "training.length='2 steps'",
        "model.inputSize=\(Tiny.inputSize)",
      ]
    ).replacingObjective(by: .logitAdjustment, for: data.classes)
    let readings = Readings()
    try Tiny.trainer(composed, on: data, observers: [readings]).run()
    #expect(readings.losses.allSatisfy { $0.isFinite })
    #expect(readings.losses.count == 2)
  }
}
