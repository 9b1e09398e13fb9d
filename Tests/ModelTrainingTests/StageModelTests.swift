import LongtailTestSupport
import ModelTraining
import Testing
import TrainingTestSupport
import VisionModels

/// Stages with networks of their own.
@Suite(.serialized) struct StageModelTests {
  /// A network that a stage initialises gets pretrained weights as the first one did; one that is trained further does not.
  @Test func newNetworksGetPretrainedWeights() throws {
    let joint = try Tiny.stage(length: .steps(1))
    var other = Stage(changing: "other", [], as: joint)
    other.model = ModelDescription(backbone: "resnet20", head: .cosine)
    final class Calls: @unchecked Sendable { var keys: [[String]] = [] }
    func calls(_ stages: [Stage]) throws -> [[String]] {
      let calls = Calls()
      var options = Tiny.options
      options.loadPretrainedWeights = { calls.keys.append([$0.allParameters.last?.name ?? ""]) }
      try Tiny.trainer(Tiny.recipe(stages), on: Tiny.data(), options: options).run()
      return calls.keys
    }
    #expect(try calls([joint, Stage(changing: "same", [], as: joint)]).isEmpty)
    #expect(try calls([joint, Stage(changing: "again", [.reinitializedModel], as: joint)]) == [["linear.bias"]])
    #expect(try calls([joint, other]) == [["linear.weight"]])
  }

  @Test func glorotNormIsThatOfGlorotInitialization() throws {
    let joint = try Tiny.stage(length: .steps(1))
    let start = Stage(changing: "start", [.reinitializedModel], as: joint)
    let short = Stage(changing: "start", [.reinitializedModel, .glorotNormClassifierWeights], as: joint)
    func weights(_ stage: Stage, head: ModelDescription.HeadKind = .cosine) throws -> [Float] {
      let trainer = try Tiny.trainer(Tiny.recipe([joint, stage], head: head), on: Tiny.data())
      try trainer.run()
      return try #require(trainer.model.allParameters.first { $0.name == "linear.weight" }).tensor.floats()
    }
    // Four classes and 64 features: variance 1/3 · 6/68 in each of 64 entries.
    let factor = (64 * 6.0 / 68 / 3).squareRoot()
    expectClose(try weights(short).map(Double.init), try weights(start).map { Double($0) * factor }, relative: 1e-6)
    #expect(throws: RecipeError.self) { try weights(short, head: .linear) }
  }
}
