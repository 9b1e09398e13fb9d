import NeuralNetworks
import Torch

/// A backbone divided into a part that experts share, and late parts of each expert. Keys of the shared part are the
/// backbone's own; those of expert `e` stand behind `experts.<e>`.
///
/// - Shapes: `[batch, 3, height, width]` to one `[batch, features]` per expert, or two where the backbone has two
///   summary tokens.
public final class ExpertBackbone: Module, Backbone {
  /// What the experts share, how wide they are, and how they are computed.
  public let settings: ExpertSettings
  /// The part that all share.
  public let trunk: any ExpertTrunk
  /// The late parts.
  public let branches: [any ExpertBranch]
  /// What the backbone calls its heads.
  let baseHeadNames: [String]
  /// The initial weights of linear heads.
  public let headStart: Linear.Start

  /// Divides a backbone.
  /// - Parameters:
  ///   - base: the backbone; an outline of it is enough.
  ///   - settings: what is shared, and how wide the rest is.
  ///   - initializer: the source of the initial weights.
  /// - Throws: `ModelError.setting` for settings that do not fit the backbone.
  public init(dividing base: any DivisibleBackbone, _ settings: ExpertSettings, using initializer: Initializer) throws {
    self.settings = settings
    baseHeadNames = base.headNames
    headStart = base.headStart
    let shapes = try settings.shapes(for: base)
    trunk = try base.trunk(
      parts: shapes.map(\.sharedParts).max() ?? 0, shortcut: settings.shortcut, using: initializer)
    branches = try shapes.map { try base.branch($0, using: initializer) }
  }

  /// The greatest length of a feature vector; `branches` know their own.
  public var featureCount: Int { branches.map(\.featureCount).max() ?? 0 }
  /// The backbone's names of heads behind each expert's path.
  public var headNames: [String] {
    branches.indices.flatMap { expert in baseHeadNames.map { "experts.\(expert).\($0)" } }
  }
  /// The shared part's own parameters.
  public override var parameters: [NamedTensor] { trunk.parameters }
  /// The shared part's own buffers.
  public override var buffers: [NamedTensor] { trunk.buffers }
  /// The shared part's parts, then `experts.<e>`.
  public override var children: [NamedModule] {
    trunk.children + branches.enumerated().map { NamedModule("experts.\($0.offset)", $0.element) }
  }

  /// Switches the shared part itself as well as its parts.
  public override func setTraining(_ training: Bool) {
    super.setTraining(training)
    trunk.setTraining(training)
  }

  /// The first expert's feature.
  public func callAsFunction(_ images: Tensor) throws -> Tensor {
    try branches[0].featureVectors(trunk.values(images))[0]
  }

  /// The features of all experts, those of the first one first.
  public func featureVectors(_ images: Tensor) throws -> [Tensor] { try expertFeatureVectors(images).flatMap { $0 } }

  /// What the heads of each expert see.
  public func expertFeatureVectors(_ images: Tensor) throws -> [[Tensor]] {
    let shared = try trunk.values(images)
    // What is only counted is counted expert by expert.
    guard OperationCounter.current == nil else { return try branches.map { try $0.featureVectors(shared) } }
    let joined = stacks(on: images.device) ? StagedBranch.features : StagedBranch.featuresEnteredTogether
    var result: [[Tensor]] = branches.map { _ in [] }
    for group in equalGroups {
      let staged = group.compactMap { branches[$0] as? StagedBranch }
      let features =
        try staged.count > 1
        ? joined(staged, shared).map { [$0] } : group.map { try branches[$0].featureVectors(shared) }
      for (expert, vectors) in zip(group, features) { result[expert] = vectors }
    }
    return result
  }

  /// Whether experts of equal shape are computed together.
  private func stacks(on device: Device) -> Bool {
    switch settings.computation {
    case .separate: false
    case .stacked: true
    case .automatic: device.kind != .cpu
    }
  }

  /// The experts that can be computed together.
  private var equalGroups: [[Int]] {
    var groups: [[Int]] = []
    for (expert, branch) in branches.enumerated() {
      let fitting = groups.firstIndex {
        branch is StagedBranch && branches[$0[0]] is StagedBranch && branches[$0[0]].shape.canStack(with: branch.shape)
      }
      if let fitting { groups[fitting].append(expert) } else { groups.append([expert]) }
    }
    return groups
  }

  /// The shape of the whole transformer, if it is one.
  public var transformerPlan: VisionTransformerPlan? { (trunk as? TransformerTrunk)?.plan }
}

extension BackboneDescription {
  /// Builds a network of experts with its initial weights.
  /// - Throws: `ModelError.setting` for settings and options that do not fit it.
  public func expertBackbone(
    _ settings: ExpertSettings, using initializer: Initializer, options: BackboneOptions = .init()
  ) throws -> ExpertBackbone {
    // Only its shape is asked for: the parts draw their own weights.
    guard let base = try backbone(using: .shapesOnly(), options: options) as? any DivisibleBackbone else {
      throw ModelError.setting(
        name: "model.backbone", value: name, expected: "a network that can be divided into parts")
    }
    return try ExpertBackbone(dividing: base, settings, using: initializer)
  }

  /// Builds experts with new heads.
  public func experts(
    _ settings: ExpertSettings, head: Head, classes: Int, using initializer: Initializer,
    options: BackboneOptions = .init()
  ) throws -> ExpertClassifier {
    try ExpertClassifier(
      expertBackbone(settings, using: initializer, options: options), head: head, classes: classes, using: initializer)
  }
}
