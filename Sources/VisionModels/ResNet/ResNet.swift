import NeuralNetworks
import Torch

/// The residual network for images of about 224 pixels, with the keys of torchvision; with gates, those of timm.
///
/// - Shapes: `[batch, 3, height, width]` to `[batch, features]`.
/// - Source: Deep Residual Learning for Image Recognition, CVPR 2016.
public final class ResNet: Module, StagedBackbone {
  /// The shape of the network.
  public let plan: ResNetPlan
  /// Convolution, normalisation, activation and pooling.
  public let stem: ResidualStem
  /// The stages.
  public let stages: [Chain]
  /// Activation and gate.
  let style: ResidualStyle

  /// Makes a network.
  public init(_ plan: ResNetPlan, style: ResidualStyle = .plain, using initializer: Initializer) throws {
    precondition(plan.depths.count == plan.planes.count && !plan.depths.isEmpty, "a plan has a width for each stage")
    self.plan = plan
    self.style = style
    stem = try .large(channels: plan.stemChannels, style: style, using: initializer)
    stages = try plan.depths.indices.map { try plan.stage($0, style: style, using: initializer) }
  }

  /// The channels that each stage gives.
  public var stageChannels: [Int] { plan.planes.map(plan.outputChannels) }
  /// The channels of the last stage.
  public var featureCount: Int { stageChannels[stageChannels.count - 1] }
  /// `fc`
  public var headNames: [String] { ["fc"] }
  /// Uniform, as in torchvision.
  public var headStart: Linear.Start { .uniform }
  /// `conv1`, `bn1`, `layer1`, `layer2`, ….
  public override var children: [NamedModule] { stagedChildren }
}
