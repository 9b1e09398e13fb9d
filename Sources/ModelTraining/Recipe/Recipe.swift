import VisionModels

/// How a classifier is trained: a model and stages, with where it comes from.
///
/// A method is one function from its settings and the class distribution to a recipe. No method owns a training loop.
public struct Recipe: Sendable {
  /// The name, `method/dataset` with an optional third part for a variant.
  public var name: String
  /// Where the method and its settings come from.
  public var source: String
  /// What is trained.
  public var model: ModelDescription
  /// How images become network inputs.
  public var preprocessing: Preprocessing
  /// The stages, in order.
  public var stages: [Stage]
  /// How the model's logits become predictions.
  public var inference = InferenceRule.logits

  /// Makes a recipe.
  public init(_ name: String, source: String, model: ModelDescription, preprocessing: Preprocessing, stages: [Stage]) {
    self.name = name
    self.source = source
    self.model = model
    self.preprocessing = preprocessing
    self.stages = stages
  }

  /// The network of a stage.
  public func model(ofStage index: Int) -> ModelDescription {
    stages.indices.contains(index) ? stages[index].model ?? model : model
  }
}
