import Datasets
import ModelTraining
import NeuralNetworks
import Objectives
import Serialization
import VisionModels

/// Label-distribution-aware margins with deferred re-weighting (LDAM-DRW): margins alone first, then margins with
/// effective-number weights.
///
/// - Source: Learning Imbalanced Datasets with Label-Distribution-Aware Margin Loss, NeurIPS 2019.
public struct LDAM: Method {
  /// Name, paper and results.
  public static let card = MethodCard(
    "ldam", title: "LDAM-DRW", summary: "label-distribution-aware margins with deferred re-weighting",
    paper: "LDAM-DRW, NeurIPS 2019", article: "Baselines", aliases: ["ldam-drw"])

  /// Which images are used.
  public var data = DataSettings()
  /// The network; margins are in units of cosine, so its head is a cosine one.
  public var model = ModelSettings { $0.head = .cosine }
  /// The schedule.
  public var training = TrainingSettings.cifar
  /// The margin of the rarest class.
  @Within(above: 0, upTo: 10) public var maxMargin = 0.5
  /// The class weights at the end of training; nil for none.
  public var reweighting: Reweighting? = Reweighting()

  /// The published settings.
  public init() {}

  /// One stage, two phases.
  public func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    func loss(_ beta: Double?) throws -> LDAMLoss {
      try LDAMLoss(counts: classes.counts, maxMargin: maxMargin, scale: model.cosineScale, reweightingBeta: beta)
    }
    var phases: [(TrainingLength, any Objective)] = [(.epochs(0), try loss(nil))]
    if let reweighting {
      phases.append((training.length.start(ofLast: reweighting.share), try loss(reweighting.beta)))
    }
    return recipe(name, [try training.stage("joint", training: model.trained, objectives: phases)])
  }

  /// Margins are in units of the cosines of a fixed scale.
  public func checkTogether(_ checks: inout SettingChecks) {
    TrainingSettings.requireNoLabelSmoothing(&checks, in: training)
    checks.require(
      model.head == .cosine, "model.head", model.head.rawValue, "cosine, because LDAM's margins are cosines")
    checks.require(
      model.scaleRule == .fixed && model.featureLength == .unit, "model.scaleRule and model.featureLength",
      "\(model.scaleRule.rawValue) and \(model.featureLength.rawValue)",
      "fixed and unit, because LDAM's margins are in units of a fixed scale")
  }
}
