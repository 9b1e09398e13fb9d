import Serialization

/// How a backbone becomes a network of experts, by value: what they share, how wide they are, and what stands around them.
public struct ExpertSettings: Sendable, Codable, Equatable {
  /// The number of experts, within 1...8.
  public var count: Int
  /// How many parts experts share behind the beginning of the network: stages of a residual network, blocks of a transformer. One number
  /// for all, or one for each expert; empty for the usual: one stage of a network for 32-pixel images, two of a large residual network,
  /// all blocks but the last two of a transformer.
  public var sharedParts: [Int]
  /// What the widths of the experts' own stages are multiplied by. One number for all, or one for each expert; RIDE's reduced experts have
  /// 0.75: 24 and 48 channels for 32 and 64, planes of 192 and 384 for 256 and 512.
  public var widthFactors: [Double]
  /// The widths of the last stages of all experts, as 24 and 48, or planes of 192 and 384; empty for those of the factors.
  public var widths: [Int]
  /// How blocks of a network for 32-pixel images pass their input on where channels change; nil for the network's own.
  public var shortcut: CIFARResNet.Shortcut?
  /// What is made of an expert's last map and a shallow map of the shared stages.
  public var fusion: DepthFusionRule
  /// Which of the shared stages, from 0, an expert's shallow map comes from; experts take them in turn. Empty for all of them in order.
  public var fusionSources: [Int]
  /// Where the paths from shallow maps have an activation.
  public var fusionActivation: DepthFusionActivation
  /// How many heads an expert has, and which one scores.
  public var headSet: HeadSet
  /// The router that decide whether a further expert is asked; nil for none.
  public var routing: RoutingSettings?
  /// How the experts are computed.
  public var computation: ExpertComputation

  /// How many heads an expert has, and which one scores.
  public enum HeadSet: String, Sendable, Codable, CaseIterable {
    /// There is one.
    case single
    /// There are two; the first scores.
    case first
    /// There are two; the second scores.
    case second
  }

  /// The greatest number of experts.
  public static let greatestCount = 8

  /// Makes settings.
  public init(
    count: Int = 3, sharedParts: [Int] = [], widthFactors: [Double] = [1], widths: [Int] = [],
    shortcut: CIFARResNet.Shortcut? = nil, fusion: DepthFusionRule = .none, fusionSources: [Int] = [],
    fusionActivation: DepthFusionActivation = .automatic, headSet: HeadSet = .single,
    routing: RoutingSettings? = nil, computation: ExpertComputation = .automatic
  ) {
    self.count = count
    self.sharedParts = sharedParts
    self.widthFactors = widthFactors
    self.widths = widths
    self.shortcut = shortcut
    self.fusion = fusion
    self.fusionSources = fusionSources
    self.fusionActivation = fusionActivation
    self.headSet = headSet
    self.routing = routing
    self.computation = computation
  }

  /// Three experts of three quarters of the width.
  /// - Source: Long-tailed Recognition by Routing Diverse Distribution-Aware Experts, ICLR 2021; More Diverse experts with Consistency
  ///   Self-distillation, ICCV 2023.
  public static let reduced = ExpertSettings(widthFactors: [0.75])

  /// Three experts that have the last stage for themselves and each multiply it by a map of another shared stage.
  /// - Parameter stages: the stages of the backbone: 3 for 32-pixel images, 4 for large ones.
  /// - Source: Long-Tailed Visual Recognition via Self-Heterogeneous Integration with Knowledge Excavation, CVPR 2023.
  public static func selfHeterogeneous(stages: Int) -> ExpertSettings {
    ExpertSettings(
      sharedParts: [max(1, stages - 1)], shortcut: stages == 3 ? .projection : nil, fusion: .product)
  }

  /// Reads settings; what is not there has its default.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func value<Value: Decodable>(_ key: CodingKeys, _ usual: Value) throws -> Value {
      try values.decodeIfPresent(Value.self, forKey: key) ?? usual
    }
    let usual = ExpertSettings()
    count = try value(.count, usual.count)
    sharedParts = try value(.sharedParts, usual.sharedParts)
    widthFactors = try value(.widthFactors, usual.widthFactors)
    widths = try value(.widths, usual.widths)
    shortcut = try values.decodeIfPresent(CIFARResNet.Shortcut.self, forKey: .shortcut)
    fusion = try value(.fusion, usual.fusion)
    fusionSources = try value(.fusionSources, usual.fusionSources)
    fusionActivation = try value(.fusionActivation, usual.fusionActivation)
    headSet = try value(.headSet, usual.headSet)
    routing = try values.decodeIfPresent(RoutingSettings.self, forKey: .routing)
    computation = try value(.computation, usual.computation)
  }
}

extension ExpertSettings: CheckedSettings {
  /// Ranges of all numbers; whether they fit a backbone is found when it is divided.
  public func check(_ checks: inout SettingChecks) {
    checks.integer("count", count, in: 1...Self.greatestCount)
    checks.integers("sharedParts", sharedParts, in: 0...1000)
    checks.numbers("widthFactors", widthFactors, above: 0, upTo: 8)
    checks.integers("widths", widths, in: 1...65_536)
    checks.integers("fusionSources", fusionSources, in: 0...1000)
    if let routing { checks.group("routing", routing) }
    checks.unused("fusionSources", if: fusion == .none && !fusionSources.isEmpty, "fusion is none")
  }
}
