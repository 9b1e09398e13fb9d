import Datasets
import ModelTraining
import NeuralNetworks
import Objectives
import Serialization
import VisionModels

/// Calibrated class activation maps with a normalised classifier (CAMC): pooling that weights positions by their
/// likeness to prototypes shared by all images, and scaled cosines, whose class weights cannot grow with the number of
/// images.
///
/// Only the abstract of the paper is public. The inside of the calibration module, its loss and the schedules are this
/// project's own definition ("CAMC, project variant"); no number of the paper belongs to them.
///
/// - Source: after Calibrating Class Activation Maps for Long-Tailed Visual Recognition, 2021.
public struct CAMC: Method {
  /// Name, paper and results.
  public static let card = MethodCard(
    "camc", title: "CAMC",
    summary: "calibrated class activation maps (project variant) with a normalised classifier",
    paper: "after CAMC, 2021, of which only the abstract is public; the module is this project's definition",
    article: "CAMC")
  /// That of the classifier follows that of the network.
  public static let laterSchedules = [
    LaterSchedule<Self>("retraining") { $0.retraining = .classifier(after: $1) }
  ]

  /// Which images are used; `validationShare` holds some out for the search of the scale.
  public var data = DataSettings()
  /// The network; a convolutional one, with a cosine head.
  public var model = ModelSettings { ($0.head, $0.cosineScale) = (.cosine, 20) }
  /// The schedule.
  public var training = TrainingSettings.cifar
  /// The pooling.
  public var calibration = CalibrationSettings()
  /// The weight of the loss of plain pooling, which keeps that branch meaningful.
  @Within(0...10_000) public var plainWeight = 1.0
  /// Whether the loss is the weighted mean of both branches' losses instead of their sum, which doubles every step.
  public var averagesLosses = true
  /// The class weights at the end of training; nil for none.
  public var reweighting: Reweighting?
  /// Whether classifier and prototypes are trained further over a frozen network, with class-balanced sampling.
  public var retrainsClassifier = false
  /// The schedule of that.
  public var retraining = TrainingSettings.classifier(after: .cifar)
  /// Whether the scale is chosen after training, by likelihood on the validation set that `data.validationShare` holds
  /// out. Predictions stay; confidences change.
  public var searchesScale = false

  /// The published settings.
  public init() {}

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
    if searchesScale { stages.append(Stage(changing: "scaled", [.fittedLogitScale], as: stages[stages.count - 1])) }
    return recipe(name, stages, network: network)
  }

  private var network: ModelDescription {
    var network = model.description
    network.form = .calibrated(calibration)
    // A scale that is found later must be a weight, so that checkpoints hold it.
    if searchesScale, network.scaleRule == .fixed { network.scaleRule = .learned }
    return network
  }

  /// A fixed scale is not trained until it is searched, nor are prototypes that no logit depends on.
  private func trained(_ selection: ParameterSelection) -> ParameterSelection {
    var frozen: [String] = []
    if searchesScale, model.scaleRule == .fixed { frozen.append(ParameterSelection.head + ".log_scale") }
    if calibration.strength == 0 { frozen.append("calibration") }
    guard !frozen.isEmpty else { return selection }
    switch selection {
    case .all: return .allExcept(frozen)
    case .allExcept(let parts): return .allExcept(parts + frozen)
    case .only(let parts):
      let head = ParameterSelection.head
      return .only(
        parts.filter { !frozen.contains($0) }
          .map { $0 == head && frozen.contains(head + ".log_scale") ? head + ".weight" : $0 })
    }
  }

  private func objectives(
    for classes: ClassDistribution
  ) throws -> [(from: TrainingLength, objective: any Objective)] {
    let plain = (TrainingLength.epochs(0), try objective(labelSmoothing: training.labelSmoothing) as any Objective)
    guard let reweighting else { return [plain] }
    let weights = RowAveraging.weightedMean(ClassConstant(try classes.effectiveNumberWeights(beta: reweighting.beta)))
    let start = training.length.start(ofLast: reweighting.share)
    return [plain, (start, try objective(labelSmoothing: training.labelSmoothing, averaging: weights))]
  }

  private func objective(labelSmoothing: Double, averaging: RowAveraging = .mean) throws -> CalibratedObjective {
    try CalibratedObjective(
      CrossEntropyLoss(labelSmoothing: labelSmoothing, averaging: averaging), plainWeight: plainWeight,
      averages: averagesLosses)
  }

  /// Takes the project's schedules: common practice, because none of the method was published.
  public mutating func adapt(to benchmark: Benchmark) {
    var schedule = training
    switch benchmark {
    case .imageNetLT, .imageNetLTResNeXt50: (schedule.batchSize, schedule.learningRate) = (256, 0.1)
    case .placesLT:
      (schedule.batchSize, schedule.learningRate, schedule.backboneLearningRateMultiplier) = (128, 0.1, 0.1)
    case .cifar100LT, .cifar10LT, .cifar100LTBalms, .iNaturalist2018, .synthetic, .own: return
    }
    adopt(schedule)
  }

  /// The scale is chosen by a validation set.
  public var usesValidation: Bool { searchesScale }

  /// What the pooling needs of the head, and the search of the data.
  public func checkTogether(_ checks: inout SettingChecks) {
    checks.require(
      model.head == .cosine, "model.head", model.head.rawValue,
      "cosine: the calibrated and the plain branch share a normalised classifier")
    checks.require(
      !searchesScale || data.validationShare > 0, "data.validationShare", data.validationShare,
      "above 0, such as 0.1, with searchesScale=true: the scale is chosen by images that are not trained on")
  }
}
