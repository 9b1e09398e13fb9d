import ModelTraining
import NeuralNetworks
import Objectives
import Serialization
import Torch
import VisionModels

/// The program of a stage that learns features from labels and, beside them, by contrastive learning: a momentum copy
/// of the network encodes the second view of each image, and a queue of its last outputs holds the negatives.
///
/// - Source: Self Supervision to Distillation for Long-Tailed Visual Recognition, ICCV 2021, section 3.1.
final class ContrastiveFeatures: StageProgram {
  /// The settings of the contrastive loss.
  struct Settings: Sendable {
    var model: ModelDescription
    var objective: MaskedContrastive
    var weight: Double
    /// The length of what is compared.
    var features: Int
    var queueLength: Int
    var momentum: Double
    /// The label of queue entries that were never written.
    var firstLabel: Int
  }

  private let settings: Settings
  private let network: ContrastiveClassifier
  private let follower: ContrastiveClassifier
  private let copy: MomentumCopy
  private let queue: FeatureQueue

  init(_ settings: Settings, in stage: StageContext) throws {
    self.settings = settings
    network = try Self.contrastive(stage.model)
    follower = try Self.contrastive(stage.anotherModel(settings.model))
    copy = try MomentumCopy(follower, of: network, momentum: settings.momentum)
    queue = try FeatureQueue(
      capacity: settings.queueLength, features: settings.features,
      // Another seed than the network's, which would give the same first values.
      using: Initializer(seed: ~stage.seed), on: stage.device, firstLabel: settings.firstLabel)
  }

  /// The momentum copy, with its own running statistics, and the queue.
  var state: [NamedTensor] {
    follower.state.map { NamedTensor("copy." + $0.name, $0.tensor) }
      + queue.state.map { NamedTensor("queue." + $0.name, $0.tensor) }
  }

  func step(in stage: StageContext) throws {
    let views = try stage.nextViews(of: "training")
    try copy.update()
    let keys = try withoutGradients { try stage.inPrecision { try follower.projections(of: views[1].images) } }
    let context = try stage.context(for: views[0])
    let objective = try stage.objective(of: "network")
    try stage.minimize(by: "network", labels: views[0].mainLabels) {
      let output = try stage.output(of: views[0].images)
      let classification = try objective.terms(output, views[0], at: context)
      return (classification + [try contrast(output, keys: keys, labels: views[0].labels, in: stage)], output.logits)
    }
    try queue.push(keys, labels: views[0].labels)
  }

  private func contrast(
    _ output: ModelOutput, keys: Tensor, labels: Tensor, in stage: StageContext
  ) throws -> LossTerm {
    guard let features = output.features else {
      throw ObjectiveError.noFeatures(objective: settings.objective.name, of: "the network")
    }
    let queries = try stage.inPrecision { try network.projectionHead(features) }
    var term = try settings.objective.term(queries: queries, keys: keys, labels: labels, queue: queue)
    term.weight *= settings.weight
    return term
  }

  private static func contrastive(_ model: any ImageModel) throws -> ContrastiveClassifier {
    guard let network = model as? ContrastiveClassifier else {
      throw RecipeError.incomplete(stage: "features", missing: "a network with a projection head (form contrastive)")
    }
    return network
  }
}
