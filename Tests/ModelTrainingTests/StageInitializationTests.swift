import LongtailTestSupport
import ModelTraining
import NeuralNetworks
import Objectives
import Testing
import Torch
import TrainingTestSupport
import VisionModels

@Suite(.serialized) struct StageInitializationTests {
  private func parameters(after stages: [Stage], head: ModelDescription.HeadKind = .linear) throws -> [String: [Float]]
  {
    let trainer = try Tiny.trainer(Tiny.recipe(stages, head: head), on: Tiny.data())
    try trainer.run()
    return try Dictionary(
      uniqueKeysWithValues: trainer.model.allParameters.map { ($0.name, try $0.tensor.floats()) })
  }

  @Test(arguments: [0, 0.5, 1.0])
  func classifierWeightsAreDividedByAPowerOfTheirNorms(power: Double) throws {
    let joint = try Tiny.stage(length: .steps(2))
    let plain = try parameters(after: [joint])
    let changed = Stage(changing: "normalised", [.normalizedClassifierWeights(power: power)], as: joint)
    let normalized = try parameters(after: [joint, changed])
    let weight = try #require(plain["linear.weight"])
    let width = weight.count / 4
    for row in 0..<4 {
      let vector = weight[row * width..<(row + 1) * width].map(Double.init)
      let length = vector.map { $0 * $0 }.reduce(0, +).squareRoot()
      let divisor = power == 0 ? 1 : power == 1 ? length : length.squareRoot()
      for (column, value) in vector.enumerated() {
        let came = Double(try #require(normalized["linear.weight"])[row * width + column])
        #expect(abs(came - value / divisor) <= 1e-6)
      }
    }
    #expect(normalized["linear.bias"] == [0, 0, 0, 0])
    for (name, values) in plain where !name.hasPrefix("linear.") { #expect(normalized[name] == values, "\(name)") }
  }

  @Test func reinitializedParametersDifferFromTheInitialOnes() throws {
    let joint = try Tiny.stage(length: .steps(1))
    let again = Stage(changing: "again", [.reinitializedParameters(["linear"])], as: joint)
    let start = try Tiny.trainer(Tiny.recipe([joint]), on: Tiny.data())
    let first = try #require(start.model.allParameters.first { $0.name == "linear.weight" }).tensor.floats()
    let trained = try parameters(after: [joint])
    let renewed = try parameters(after: [joint, again])
    let weight = try #require(renewed["linear.weight"])
    #expect(weight != first)
    #expect(weight != trained["linear.weight"])
    #expect(renewed["linear.bias"] == [0, 0, 0, 0])
    #expect(renewed["conv1.weight"] == trained["conv1.weight"])
    #expect(try parameters(after: [joint, again])["linear.weight"] == weight)
  }

  @Test func theFactorsAloneAreTrained() throws {
    let features = try Tiny.stage("features", length: .steps(2), training: .allExcept(["linear.scales"]))
    let scaling = try Tiny.stage("scaling", length: .steps(2), training: .only(["linear.scales"]))
    let before = try parameters(after: [features], head: .scaledLinear)
    let after = try parameters(after: [features, scaling], head: .scaledLinear)
    #expect(before["linear.scales"] == [1, 1, 1, 1])
    #expect(after["linear.scales"] != before["linear.scales"])
    for (name, values) in before where name != "linear.scales" { #expect(after[name] == values, "\(name)") }
  }

  @Test func missingPartsAreNamed() throws {
    let joint = try Tiny.stage(length: .steps(1))
    let unknown = Stage(changing: "again", [.reinitializedParameters(["classifier"])], as: joint)
    let error = #expect(throws: RecipeError.self) { try parameters(after: [joint, unknown]) }
    #expect(error?.description == "stage 'again' lacks parameters below classifier")
    let normalized = Stage(changing: "normalised", [.normalizedClassifierWeights(power: 1)], as: joint)
    #expect(throws: RecipeError.self) { try parameters(after: [joint, normalized], head: .cosine) }
    let curves = Stage(changing: "adaptive", [.uniformActivationParameters(below: ["layer3"])], as: joint)
    let plain = #expect(throws: RecipeError.self) { try parameters(after: [joint, curves]) }
    #expect(plain?.description == "stage 'adaptive' lacks adaptive activations or gates below layer3")
  }

  /// `lambda` and `kappa` below a path are drawn within 0...1; nothing else changes.
  @Test func activationParametersAreReinitialized() throws {
    let joint = try Tiny.stage(length: .steps(1))
    func state(_ stages: [Stage]) throws -> [String: [Float]] {
      var recipe = Tiny.recipe(stages)
      (recipe.model.activation, recipe.model.gate) = (.aglu, .adaptiveSqueezeExcitation)
      let trainer = try Tiny.trainer(recipe, on: Tiny.data())
      try trainer.run()
      return try Dictionary(
        uniqueKeysWithValues: trainer.model.allParameters.map { ($0.name, try $0.tensor.floats()) })
    }
    let before = try state([joint])
    let after = try state([
      joint, Stage(changing: "adaptive", [.uniformActivationParameters(below: ["layer3"])], as: joint),
    ])
    let changed = before.filter { after[$0.key] != $0.value }.keys
    #expect(changed.count == before.keys.count { $0.hasPrefix("layer3.") && $0.hasSuffix("_param") })
    #expect(changed.count > 8)
    for key in changed {
      #expect(key.hasPrefix("layer3."))
      #expect(key.hasSuffix("_param"))
      #expect(try #require(after[key]).allSatisfy { (0...1).contains($0) }, "\(key)")
    }
  }
}
