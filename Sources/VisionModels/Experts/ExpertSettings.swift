import Serialization

/// How a backbone becomes a network of experts: what they share, how wide they are, and what stands around them.
public struct ExpertSettings: Settings {
  /// The number of experts.
  @Within(1...ExpertSettings.greatestCount) public var count = 3
  /// How many parts the experts share: stages of a residual network, blocks of a transformer. One number for all, or
  /// one for each expert. Empty for the usual: one stage of a network for 32-pixel images, two of a large residual
  /// network, all blocks but the last two of a transformer.
  @Within(0...1000) public var sharedParts: [Int] = []
  /// Factors on the widths of the experts' own stages. One number for all, or one for each expert; RIDE's reduced
  /// experts have 0.75: 24 and 48 channels in place of 32 and 64, planes of 192 and 384 in place of 256 and 512.
  @Within(above: 0, upTo: 8) public var widthFactors = [1.0]
  /// The widths of the last stages of all experts, such as 24 and 48; empty for those of the factors.
  @Within(1...65_536) public var widths: [Int] = []
  /// The shortcut of blocks that change the number of channels, in a network for 32-pixel images; nil for the network's
  /// own.
  public var shortcut: CIFARResNet.Shortcut?
  /// How an expert's last feature map is combined with a shallow one of the shared stages.
  public var fusion = DepthFusionRule.none
  /// Which of the shared stages, from 0, an expert's shallow map comes from; experts take them in turn. Empty for all
  /// of them in order.
  @Within(0...1000) public var fusionSources: [Int] = []
  /// Where the branches from shallow maps have an activation.
  public var fusionActivation = DepthFusionActivation.automatic
  /// The number of heads per expert, and which one predicts.
  public var headSet = HeadSet.single
  /// The routers that decide whether the next expert is computed; nil for none.
  public var routing: RoutingSettings?
  /// How the experts are computed.
  public var computation = ExpertComputation.automatic

  /// The number of heads per expert, and which one predicts.
  public enum HeadSet: String, Sendable, Codable, CaseIterable {
    /// One.
    case single
    /// Two; the first predicts.
    case first
    /// Two; the second predicts.
    case second
  }

  /// The greatest number of experts.
  public static let greatestCount = 8

  /// Three experts as wide as the backbone.
  public init() {}

  /// Three experts of three quarters of the width.
  /// - Source: Long-tailed Recognition by Routing Diverse Distribution-Aware Experts, ICLR 2021; More Diverse experts
  ///   with Consistency Self-distillation, ICCV 2023.
  public static let reduced = ExpertSettings { $0.widthFactors = [0.75] }

  /// Three experts that have the last stage for themselves and each multiply it by a feature map of another shared
  /// stage.
  /// - Parameter stages: the stages of the backbone: 3 for 32-pixel images, 4 for large ones.
  /// - Source: Long-Tailed Visual Recognition via Self-Heterogeneous Integration with Knowledge Excavation, CVPR 2023.
  public static func selfHeterogeneous(stages: Int) -> ExpertSettings {
    ExpertSettings {
      $0.sharedParts = [max(1, stages - 1)]
      $0.shortcut = stages == 3 ? .projection : nil
      $0.fusion = .product
    }
  }

  /// Which values have no effect; whether the others fit a backbone is found when it is divided.
  public func checkTogether(_ checks: inout SettingChecks) {
    checks.unused("fusionSources", if: fusion == .none && !fusionSources.isEmpty, "fusion is none")
  }
}
