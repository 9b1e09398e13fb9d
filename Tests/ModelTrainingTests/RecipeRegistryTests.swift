import Foundation
import LongtailMethods
import LongtailTestSupport
import ModelTraining
import NeuralNetworks
import Testing
import Torch
import VisionData

/// What holds for every recipe that can be chosen by name.
@Suite(.serialized) struct RecipeRegistryTests {
  static let drawn = RecipeRegistry.all.map(\.name).filter { $0.hasSuffix("/drawn") }

  @Test(arguments: drawn)
  func everyMethodTrains(name: String) throws {
    let data = try Tiny.data()
    var settings = try RecipeRegistry.recipe(named: name).settings
    settings.training.length = .steps(2)
    settings.training.batchSize = 8
    let recipe = try settings.recipe(named: name, for: data.classes)
    let readings = Readings()
    let trainer = try Tiny.trainer(recipe, on: data, observers: [readings])
    let before = try #require(trainer.model.allParameters.first).tensor.floats()
    let result = try #require(try trainer.run())
    let stepsPerEpoch = (data.training.count + 7) / 8
    let steps = recipe.stages.map { $0.length.steps(stepsPerEpoch: stepsPerEpoch) }.reduce(0, +)
    #expect(steps >= 2 && readings.losses.count == steps && readings.losses.allSatisfy(\.isFinite))
    #expect(result.result.sampleCount == 8)
    for parameter in trainer.model.allParameters {
      #expect(try parameter.tensor.isFinite().all().item() == 1, "\(parameter.name)")
    }
    #expect(try trainer.model.allParameters[0].tensor.floats() != before)
  }

  @Test func methodAndTargetMayChangePlaces() throws {
    #expect(try RecipeRegistry.recipe(named: "ldam-drw/cifar10-lt").name == "ldam/cifar10-lt")
    #expect(try RecipeRegistry.recipe(named: "own/balanced-softmax").name == "balanced-softmax/own")
    #expect(throws: UnknownRecipe.self) { try RecipeRegistry.recipe(named: "own/balanced-sofmax") }
    #expect(throws: UnknownRecipe.self) { try RecipeRegistry.recipe(named: "/") }
  }

  /// Recipes for other data can at least be made, with classes of every size and with an empty one.
  @Test(arguments: RecipeRegistry.all.map(\.name))
  func everyRecipeCanBeMade(name: String) throws {
    let entry = try RecipeRegistry.recipe(named: name)
    for counts in [[500, 100, 20, 5], [7, 7], [1, 0, 3]] {
      let recipe = try entry.settings.recipe(named: name, for: ClassDistribution(counts: counts))
      #expect(recipe.name == name && !recipe.source.isEmpty && !recipe.stages.isEmpty)
      for stage in recipe.stages {
        #expect(stage.phase(atStep: 0, stepsPerEpoch: 10) != nil)
        #expect(stage.updates.allSatisfy { $0.learningRate > 0 })
      }
    }
    #expect(!entry.summary.isEmpty && name.split(separator: "/").count >= 2)
  }

  @Test func namesAreUnique() {
    let names = RecipeRegistry.all.map(\.name)
    #expect(Set(names).count == names.count && Self.drawn.count >= 6)
  }
}
