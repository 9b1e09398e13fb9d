import ModelTraining
import NeuralNetworks
import Objectives
import SettingRules
import VisionData
import VisionModels

/// Calibrated class activation maps with a normalised classifier (CAMC): pooling that trusts places which look like prototypes shared by
/// all images, and scaled cosines, whose class vectors cannot grow with the number of images.
///
/// Only the abstract of the paper is public. The inside of the calibration module, its loss and the schedules are this project's own
/// definition ("CAMC, project variant"); no number of the paper belongs to them.
///
/// - Source: after Calibrating Class Activation Maps for Long-Tailed Visual Recognition, 2021.
public struct CAMC: MethodSettings {
  /// Which images are used; `validationShare` sets some aside for the search of the scale.
  public var data: DataSettings
  /// The network; a convolutional one, with a cosine head.
  public var model: ModelSettings
  /// The schedule.
  public var training: TrainingSettings
  /// The pooling.
  public var calibration: CalibrationSettings
  /// The weight of the loss of plain pooling, which keeps that path meaningful.
  public var plainWeight: Double
  /// Whether the loss is the weighted mean of both paths' losses instead of their sum, which doubles every step.
  public var averagesLosses: Bool
  /// The share of the epochs, at the end, in which classes are weighted by their effective number of images; 0 for none.
  public var reweightedShare: Double
  /// The beta of the effective number of images.
  public var beta: Double
  /// Whether classifier and prototypes are trained further over a fixed network, classes equally likely.
  public var retrainsClassifier: Bool
  /// The schedule of that.
  public var retraining: TrainingSettings
  /// Whether the scale is chosen after training, by the images that `data.validationShare` sets aside. Predictions stay; confidences change.
  public var searchesScale: Bool

  /// Makes settings.
  public init(
    data: DataSettings = .init(), model: ModelSettings = .init(head: .cosine, cosineScale: 20),
    training: TrainingSettings = .cifar, calibration: CalibrationSettings = .init(), plainWeight: Double = 1,
    averagesLosses: Bool = true,
    reweightedShare: Double = 0, beta: Double = 0.9999, retrainsClassifier: Bool = false, searchesScale: Bool = false
  ) {
    self.data = data
    self.model = model
    self.training = training
    self.calibration = calibration
    self.plainWeight = plainWeight
    self.averagesLosses = averagesLosses
    self.reweightedShare = reweightedShare
    self.beta = beta
    self.retrainsClassifier = retrainsClassifier
    self.searchesScale = searchesScale
    retraining = .classifier(after: training)
  }

  /// One stage, perhaps one of the classifier alone, perhaps one without steps that finds the scale.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    var stages = [
      try training.stage(
        "joint", training: trained(model.trained(with: ["calibration"])), objectives: objectives(for: classes))
    ]
    if retrainsClassifier {
      let parts = ParameterSelection.only([ParameterSelection.head, "calibration"])
      stages.append(
        try retraining.stage(
          "classifier", training: trained(parts),
          objectives: [(.epochs(0), try objective(labelSmoothing: retraining.labelSmoothing))]))
    }
    if searchesScale { stages.append(Stage(changing: "scaled", [.searchedScale], as: stages[stages.count - 1])) }
    return Recipe(
      name, source: "after CAMC, 2021; the module is this project's definition", model: network,
      preprocessing: model.preprocessing, stages: stages)
  }

  private var network: ModelDescription {
    var network = model.description
    network.form = .calibrated
    network.calibration = calibration
    // A scale that is found later must be a weight, so that checkpoints hold it.
    if searchesScale, network.scaleRule == .fixed { network.scaleRule = .learned }
    return network
  }

  /// A fixed scale stays until it is searched, and prototypes that no score depends on stay as they are.
  private func trained(_ selection: ParameterSelection) -> ParameterSelection {
    var spared: [String] = []
    if searchesScale, model.scaleRule == .fixed { spared.append(ParameterSelection.head + ".log_scale") }
    if calibration.strength == 0 { spared.append("calibration") }
    guard !spared.isEmpty else { return selection }
    switch selection {
    case .all: return .allExcept(spared)
    case .allExcept(let parts): return .allExcept(parts + spared)
    case .only(let parts):
      let head = ParameterSelection.head
      return .only(
        parts.filter { !spared.contains($0) }
          .map { $0 == head && spared.contains(head + ".log_scale") ? head + ".weight" : $0 })
    }
  }

  private func objectives(
    for classes: ClassDistribution
  ) throws -> [(from: TrainingLength, objective: any Objective)] {
    let plain = (TrainingLength.epochs(0), try objective(labelSmoothing: training.labelSmoothing) as any Objective)
    guard reweightedShare > 0 else { return [plain] }
    let weights = RowAveraging.weightedMean(ClassConstant(try classes.effectiveNumberWeights(beta: beta)))
    let start = training.length.start(ofLast: reweightedShare)
    return [plain, (start, try objective(labelSmoothing: training.labelSmoothing, averaging: weights))]
  }

  private func objective(labelSmoothing: Double, averaging: RowAveraging = .mean) throws -> CalibratedObjective {
    try CalibratedObjective(
      CrossEntropyLoss(labelSmoothing: labelSmoothing, averaging: averaging), plainWeight: plainWeight,
      averages: averagesLosses)
  }

  /// The schedule of the network, and a short one of the classifier.
  public mutating func adopt(_ schedule: TrainingSettings) {
    training = schedule
    retraining = .classifier(after: schedule)
  }

  /// Takes the project's schedules: common practice, because none of the method was published.
  public mutating func adapt(toTarget name: String) {
    var schedule = training
    switch name {
    case "imagenet-lt", "imagenet-lt/resnext50": (schedule.batchSize, schedule.learningRate) = (256, 0.1)
    case "places-lt":
      (schedule.batchSize, schedule.learningRate, schedule.backboneLearningRateMultiplier) = (128, 0.1, 0.1)
    default: return
    }
    adopt(schedule)
  }
}

extension CAMC {
  /// The scale is chosen by a validation set.
  public var usesValidation: Bool { searchesScale }

  /// Ranges of the method's own settings, and what it needs of the others.
  public func checkMethod(_ checks: inout SettingChecks) {
    checks.group("calibration", calibration)
    checks.group("retraining", retraining)
    checks.number("plainWeight", plainWeight, in: 0...10_000)
    checks.number("reweightedShare", reweightedShare, in: 0...1)
    checks.number("beta", beta, in: 0..<1)
    checks.require(
      model.head == .cosine, "model.head", model.head.rawValue,
      "cosine: the calibrated and the plain path share a normalised classifier")
    checks.require(
      !searchesScale || data.validationShare > 0, "data.validationShare", data.validationShare,
      "above 0, such as 0.1, with searchesScale=true: the scale is chosen by images that are not trained on")
    checks.unused("beta", if: reweightedShare == 0, "classes are weighted only where reweightedShare is above 0")
  }
}
