import NeuralNetworks
import Objectives
import Torch
import VisionModels

/// What happens to the model once, when a stage begins.
public enum StageInitialization: Sendable, Equatable {
  /// The parameters below these paths are drawn afresh; `ParameterSelection.head` names the classifier.
  case reinitializedParameters([String])
  /// The whole model begins again with first weights of its own.
  case reinitializedModel
  /// The class vectors of the linear heads are divided by their lengths to this power, and their biases become 0.
  case normalizedClassVectors(power: Double)
  /// The class vectors of cosine heads get the length `sqrt(2 features / (features + classes))`, which those of Glorot's uniform start have on
  /// average. Their length changes no score, but how fast they turn.
  case glorotClassVectors
  /// The `lambda` and `kappa` of adaptive units and gates below these paths are re-initialised, uniform within 0...1.
  case uniformCurves(below: [String])
  /// The learned scale of a normalised classifier becomes the one that makes the labels of images which were set aside likeliest.
  case searchedScale

  /// The model becomes the one that another run ended a stage with, out of this checkpoint file.
  case finishedStage(checkpoint: String)

  /// Changes the model.
  ///
  /// - Parameters:
  ///   - model: the model that earlier stages have trained.
  ///   - description: how to build another one.
  ///   - seed: the run's seed.
  ///   - stage: the name and number of the stage that begins; another stage draws other values.
  ///   - validationLogits: gives the model's scores of the images that are set aside, and their labels.
  /// - Throws: `RecipeError.incomplete` when the model has no such part.
  func apply(
    to model: any ImageModel, describedBy description: ModelDescription, seed: UInt64,
    stage: (name: String, index: Int), validationLogits: () throws -> (scores: Tensor, labels: Tensor)
  ) throws {
    switch self {
    case .reinitializedParameters(let paths):
      let seed = StageInitialization.seed(ofStage: stage.index, run: seed)
      let fresh = try description.model(classes: model.classCount, seed: seed).allParameters
      let chosen = zip(model.allParameters, fresh).filter {
        ParameterSelection.only(paths).contains($0.0.name, heads: model.headNames)
      }
      guard !chosen.isEmpty else {
        throw RecipeError.incomplete(stage: stage.name, missing: "parameters below \(paths.joined(separator: ", "))")
      }
      try withoutGradients {
        for (old, new) in chosen { try old.tensor.detached().copy(from: new.tensor.detached()) }
      }
    case .reinitializedModel:
      let fresh = try description.model(
        classes: model.classCount, seed: StageInitialization.seed(ofStage: stage.index, run: seed))
      try withoutGradients {
        for (old, new) in zip(model.state, fresh.state) {
          try old.tensor.detached().copy(from: new.tensor.detached())
        }
      }
    case .normalizedClassVectors(let power):
      let heads = model.heads.compactMap { $0 as? Linear }
      guard heads.count == model.heads.count else {
        throw RecipeError.incomplete(stage: stage.name, missing: "a linear head, whose class vectors have lengths")
      }
      try withoutGradients { for head in heads { try StageInitialization.normalize(head, power: power) } }
    case .glorotClassVectors:
      let heads = model.heads.compactMap { $0 as? NormalizedLinear }
      guard !heads.isEmpty else {
        throw RecipeError.incomplete(stage: stage.name, missing: "a cosine head, whose class vectors can be shortened")
      }
      for weight in heads.map(\.weight) {
        let (classes, features) = (Double(weight.shape[0]), Double(weight.shape[1]))
        let length = (2 * features / (features + classes)).squareRoot()
        try withoutGradients {
          try weight.detached().copy(from: weight.detached().directions(alongAxis: 1) * length)
        }
      }
    case .uniformCurves(let paths):
      let curves = model.allParameters.filter {
        ["lambda_param", "kappa_param"].contains($0.name.split(separator: ".").last.map(String.init))
          && ParameterSelection.only(paths).contains($0.name, heads: model.headNames)
      }
      guard !curves.isEmpty else {
        throw RecipeError.incomplete(
          stage: stage.name, missing: "adaptive units or gates below \(paths.joined(separator: ", "))")
      }
      let initializer = Initializer(seed: StageInitialization.seed(ofStage: stage.index, run: seed))
      try withoutGradients {
        for curve in curves {
          let drawn = try initializer.uniform(curve.tensor.shape, from: 0, to: 1)
          try curve.tensor.detached().copy(from: drawn.detached())
        }
      }
    case .searchedScale:
      let heads = model.heads.compactMap { $0 as? NormalizedLinear }.filter(\.learnsScale)
      guard heads.count == model.heads.count else {
        throw RecipeError.incomplete(
          stage: stage.name, missing: "a normalised classifier with a learned scale; set model.scaleRule=learned")
      }
      let (scores, labels) = try validationLogits()
      // Scores have the present scale in them, so what is found is a factor of it.
      let factor = try ScaleSearch.bestScale(products: scores, labels: labels, within: 0.05...20)
      for head in heads { try head.multiplyScale(by: factor) }
    case .finishedStage(let path): try Checkpoint(path).load(into: model)
    }
  }

  /// The seed of first weights that are drawn when a stage begins; another stage draws others.
  static func seed(ofStage index: Int, run seed: UInt64) -> UInt64 { seed ^ (UInt64(index) << 48) }

  private static func normalize(_ head: Linear, power: Double) throws {
    let weight = try head.weight.detached()
    let lengths = try (weight * weight).sum(alongAxes: [1], keepingAxes: true).squareRoot()
    // A class vector of zeros has no direction: it stays as it is.
    let divisors = try lengths.power(power).selected(where: try lengths.isGreater(than: 0), else: 1)
    try weight.copy(from: weight / divisors)
    try head.bias?.detached().fill(0)
  }
}
