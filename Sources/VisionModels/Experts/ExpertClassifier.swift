import NeuralNetworks
import Torch

/// Experts with their heads: a shared part, late parts of each expert, and the mean of their logits.
///
/// The output has the logits and features of each expert, and with routers their logits. Keys of expert `e` and its
/// head stand behind `experts.<e>`; a second head of it has `second_` before its name; those of the routers behind
/// `router`.
/// - Source: Long-tailed Recognition by Routing Diverse Distribution-Aware Experts, ICLR 2021; Long-Tailed Visual
///   Recognition via Self-Heterogeneous Integration with Knowledge Excavation, CVPR 2023; More Diverse experts with
///   Consistency Self-distillation, ICCV 2023.
public final class ExpertClassifier: Module, ImageModel {
  /// The shared part and the late parts.
  public let experts: ExpertBackbone
  /// The number of classes.
  public let classCount: Int
  /// The routers; nil for none, and for a single expert.
  public let router: ExpertRouter?
  /// The heads of each expert: those that predict, and the other ones.
  private let scoringHeads: [[any Layer]]
  private let otherHeads: [[any Layer]]

  /// Joins experts and new heads.
  /// - Throws: `ModelError.setting` for routers with settings outside their ranges.
  public init(
    _ experts: ExpertBackbone, head: Head, classes: Int, headInitialization: HeadInitialization = .default,
    using initializer: Initializer
  ) throws {
    self.experts = experts
    classCount = classes
    func heads() throws -> [[any Layer]] {
      try experts.branches.map { branch in
        try experts.baseHeadNames.map { _ in
          try head.layer(
            inputs: branch.featureCount, classes: classes, start: experts.headStart,
            initialization: headInitialization, using: initializer)
        }
      }
    }
    let first = try heads()
    let second = try experts.settings.headSet == .single ? first.map { _ in [] } : heads()
    (scoringHeads, otherHeads) = experts.settings.headSet == .second ? (second, first) : (first, second)
    router = try experts.settings.routing.flatMap { routing in
      // There is no router behind the last expert.
      guard experts.branches.count > 1 else { return nil }
      return try ExpertRouter(
        features: experts.branches.dropLast().map(\.featureCount), classes: classes, settings: routing,
        using: initializer)
    }
  }

  /// The shared part and the late parts.
  public var backbone: any Backbone { experts }
  /// The heads that predict, those of the first expert first.
  public var heads: [any Layer] { scoringHeads.flatMap { $0 } }
  /// The names of the heads that predict.
  public var headNames: [String] { names(prefix: experts.settings.headSet == .second ? Self.secondPrefix : "") }
  /// The names of the heads that do not predict, of the router, and of the branches from shallow maps.
  public var additionNames: [String] {
    otherHeadNames + ["router"] + experts.branches.indices.map { "experts.\($0).fusion" }
  }
  /// The shared part's own parameters.
  public override var parameters: [NamedTensor] { experts.parameters }
  /// The shared part's own buffers.
  public override var buffers: [NamedTensor] { experts.buffers }
  /// The parts of the experts, the heads of the first and of the second set, then `router`.
  public override var children: [NamedModule] {
    let scoring = zip(headNames, heads).map { NamedModule($0, $1) }
    let others = zip(otherHeadNames, otherHeads.flatMap { $0 }).map { NamedModule($0, $1) }
    return experts.children + (experts.settings.headSet == .second ? others + scoring : scoring + others)
      + (router.map { [NamedModule("router", $0)] } ?? [])
  }

  private static let secondPrefix = "second_"

  /// The names of the heads that do not predict; no loss depends on them, so that updates must leave them out.
  public var otherHeadNames: [String] {
    switch experts.settings.headSet {
    case .single: []
    case .first: names(prefix: Self.secondPrefix)
    case .second: names(prefix: "")
    }
  }

  private func names(prefix: String) -> [String] {
    experts.branches.indices.flatMap { expert in
      experts.baseHeadNames.map { "experts.\(expert).\(prefix)\($0)" }
    }
  }

  /// Switches the experts themselves as well as the parts.
  public override func setTraining(_ training: Bool) {
    super.setTraining(training)
    experts.setTraining(training)
  }

  /// The key without the expert and the number of a second head: every expert starts from the same published weights.
  public func publishedKey(_ key: String) -> String {
    guard let match = key.wholeMatch(of: /experts\.\d+\.(?:second_)?(.+)/) else { return key }
    return String(match.output.1)
  }

  /// Classifies images with all experts.
  public func callAsFunction(_ images: Tensor) throws -> ModelOutput {
    let features = try experts.expertFeatureVectors(images)
    let logits = try features.enumerated().map { try self.logits(ofExpert: $0.offset, $0.element) }
    let first = features.map { $0[0] }
    return ModelOutput(
      logits: logits.count == 1 ? logits[0] : try Tensor.stack(logits).mean(alongAxes: [0]), features: first[0],
      expertLogits: logits, expertFeatures: first,
      routerLogits: try router.map { try $0(expertLogits: logits, expertFeatures: first) } ?? [],
      routerThreshold: router?.threshold ?? 0)
  }

  /// The logits and the first feature of one expert, from what the shared part gives.
  func scores(ofExpert expert: Int, _ shared: [Tensor]) throws -> (logits: Tensor, feature: Tensor) {
    let features = try experts.branches[expert].featureVectors(shared)
    return (try logits(ofExpert: expert, features), features[0])
  }

  /// The logits of one expert from what its heads see; of several heads, their mean.
  private func logits(ofExpert expert: Int, _ features: [Tensor]) throws -> Tensor {
    let scores = try zip(scoringHeads[expert], features).map { try $0($1) }
    return scores.count == 1 ? scores[0] : try Tensor.stack(scores).mean(alongAxes: [0])
  }
}
