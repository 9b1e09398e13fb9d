import LongtailTestSupport
import NeuralNetworks
import Torch
import VisionModels

/// Narrow backbones of every family, as experts.
enum ExpertFamily: String, CaseIterable, Sendable {
  case padded
  case projected
  case basic
  case bottleneck
  case grouped
  case gated
  case transformer
  case distilled

  /// The stages of a residual network; 0 for transformers.
  var stages: Int {
    switch self {
    case .padded, .projected: 3
    case .basic, .bottleneck, .grouped, .gated: 4
    case .transformer, .distilled: 0
    }
  }

  /// The backbone.
  func base(_ initializer: Initializer) throws -> any DivisibleBackbone {
    func large(_ block: ResNetPlan.Block, groups: Int = 1, width: Int = 64) -> ResNetPlan {
      ResNetPlan(
        block: block, depths: [1, 2, 1, 1], planes: groups > 1 ? [32, 32, 64, 64] : [6, 8, 12, 16], stemChannels: 6,
        groups: groups, widthPerGroup: width)
    }
    let transformer = VisionTransformerPlan(
      width: 24, depth: 3, heads: 3, inputSize: 32, hasDistillationToken: self == .distilled)
    return switch self {
    case .padded: try CIFARResNet(blocksPerStage: 2, widths: [4, 8, 12], using: initializer)
    case .projected:
      try CIFARResNet(blocksPerStage: 1, widths: [4, 8, 12], shortcut: .projection, using: initializer)
    case .basic: try ResNet(large(.basic), using: initializer)
    case .bottleneck: try ResNet(large(.bottleneck), using: initializer)
    case .grouped: try ResNet(large(.bottleneck, groups: 2, width: 4), using: initializer)
    case .gated: try ResNet(large(.basic), style: .squeezeExcitation, using: initializer)
    case .transformer, .distilled: try VisionTransformer(transformer, using: initializer)
    }
  }

  /// The experts with their heads.
  func model(
    _ settings: ExpertSettings, head: Head = .cosine(scale: 10), classes: Int = 5, seed: UInt64 = 1
  ) throws -> ExpertClassifier {
    let initializer = Initializer(seed: seed)
    return try ExpertClassifier(
      ExpertBackbone(dividing: base(.shapesOnly()), settings, using: initializer), head: head, classes: classes,
      using: initializer)
  }

  /// Images that are small, but leave several places in the last map.
  func images(_ count: Int = 4, seed: UInt64 = 9) throws -> Tensor {
    var generator = SeededGenerator(seed: seed)
    let side = stages == 4 ? 64 : stages == 3 ? 16 : 32
    return try generator.uniform([count, 3, side, side], -2, 2)
  }
}
