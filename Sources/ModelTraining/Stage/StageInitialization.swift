import NeuralNetworks
import Objectives
import Torch
import VisionModels

/// A change to the model, made once when a stage begins.
public enum StageInitialization: Sendable, Equatable {
  /// The parameters below these paths are re-initialised; `ParameterSelection.head` names the classifier.
  case reinitializedParameters([String])
  /// The whole model is re-initialised.
  case reinitializedModel
  /// The weight vector of each class in linear heads is divided by its norm to this power, and biases become 0.
  case normalizedClassifierWeights(power: Double)
  /// The weight vectors of cosine heads get the norm `sqrt(2 features / (features + classes))`, which those of Glorot's uniform
  /// initialisation have on average. Their norm changes no logit, but their effective learning rate.
  case glorotNormClassifierWeights
  /// The `lambda` and `kappa` of adaptive activations and gates below these paths are re-initialised, uniform within 0...1.
  case uniformActivationParameters(below: [String])
  /// The learned logit scale of a normalised classifier is fitted by likelihood on the validation set.
  case fittedLogitScale
  /// The model is loaded from the checkpoint with which another run ended the stage.
  case finishedStage(checkpoint: String)

  /// Changes the model.
  ///
  /// - Parameters:
  ///   - model: the model that earlier stages have trained.
  ///   - description: how to build another one.
  ///   - seed: the run's seed.
  ///   - stage: the name and number of the stage; other stages draw other values.
  ///   - validationLogits: gives the model's logits for the validation set, and its labels.
  /// - Throws: `RecipeError.incomplete` when the model has no such part.
  func apply(
    to model: any ImageModel, describedBy description: ModelDescription, seed: UInt64,
    stage: (name: String, index: Int), validationLogits: () throws -> (logits: Tensor, labels: Tensor)
  ) throws {
    let stageSeed = Self.seed(ofStage: stage.index, run: seed)
    func require<Parts: Collection>(_ parts: Parts, _ missing: String) throws -> Parts {
      guard !parts.isEmpty else { throw RecipeError.incomplete(stage: stage.name, missing: missing) }
      return parts
    }
    try withoutGradients {
      switch self {
      case .reinitializedParameters(let paths):
        let initial = try description.model(classes: model.classCount, seed: stageSeed).allParameters
        let chosen = zip(model.allParameters, initial).filter { Self.contains($0.0, paths, in: model) }
        for (old, new) in try require(chosen, "parameters below \(paths.joined(separator: ", "))") {
          try old.tensor.detached().copy(from: new.tensor.detached())
        }
      case .reinitializedModel:
        let initial = try description.model(classes: model.classCount, seed: stageSeed)
        for (old, new) in zip(model.state, initial.state) {
          try old.tensor.detached().copy(from: new.tensor.detached())
        }
      case .normalizedClassifierWeights(let power):
        let heads = model.heads.compactMap { $0 as? Linear }
        _ = try require(heads.count == model.heads.count ? heads : [], "a linear head, whose weight vectors have norms")
        for head in heads { try Self.normalize(head, power: power) }
      case .glorotNormClassifierWeights:
        let heads = model.heads.compactMap { $0 as? NormalizedLinear }
        for weight in try require(heads, "a cosine head, whose weight vectors can be rescaled").map(\.weight) {
          let (classes, features) = (Double(weight.shape[0]), Double(weight.shape[1]))
          let norm = (2 * features / (features + classes)).squareRoot()
          try weight.detached().copy(from: weight.detached().directions(alongAxis: 1) * norm)
        }
      case .uniformActivationParameters(let paths):
        let parameters = model.allParameters.filter {
          ["lambda_param", "kappa_param"].contains($0.name.split(separator: ".").last.map(String.init))
            && Self.contains($0, paths, in: model)
        }
        let initializer = Initializer(seed: stageSeed)
        let missing = "adaptive activations or gates below \(paths.joined(separator: ", "))"
        for parameter in try require(parameters, missing) {
          let initial = try initializer.uniform(parameter.tensor.shape, from: 0, to: 1)
          try parameter.tensor.detached().copy(from: initial.detached())
        }
      case .fittedLogitScale:
        let heads = model.heads.compactMap { $0 as? NormalizedLinear }.filter(\.learnsScale)
        _ = try require(
          heads.count == model.heads.count ? heads : [],
          "a normalised classifier with a learned scale; set model.scaleRule=learned")
        let (logits, labels) = try validationLogits()
        // The logits contain the present scale, so that the search finds a factor on it.
        let factor = try ScaleSearch.bestScale(logits: logits, labels: labels, within: 0.05...20)
        for head in heads { try head.multiplyScale(by: factor) }
      case .finishedStage(let path): try Checkpoint(path).load(into: model)
      }
    }
  }

  /// The seed of the values that a stage draws when it begins; other stages draw other values.
  static func seed(ofStage index: Int, run seed: UInt64) -> UInt64 { seed ^ (UInt64(index) << 48) }

  private static func contains(_ parameter: NamedTensor, _ paths: [String], in model: any ImageModel) -> Bool {
    ParameterSelection.only(paths).contains(parameter.name, heads: model.headNames)
  }

  private static func normalize(_ head: Linear, power: Double) throws {
    let weight = try head.weight.detached()
    try weight.copy(from: ClassifierWeights.normalized(weight, tau: power))
    try head.bias?.detached().fill(0)
  }
}
