import NeuralNetworks

/// The shape of a residual network for large images.
public struct ResNetPlan: Sendable, Equatable {
  /// The kind of block.
  public enum Block: String, Sendable, Codable {
    /// Two 3x3 convolutions.
    case basic
    /// 1x1, 3x3 and 1x1 convolutions; a block gives four times its planes.
    case bottleneck
  }

  /// The kind of block.
  public var block: Block
  /// Blocks of each stage.
  public var depths: [Int]
  /// The width by which each stage is named.
  public var planes: [Int]
  /// Channels after the stem.
  public var stemChannels: Int
  /// Groups of the 3x3 convolutions of bottlenecks.
  public var groups: Int
  /// Channels of a group where planes are 64.
  public var widthPerGroup: Int

  /// Makes a plan.
  public init(
    block: Block, depths: [Int], planes: [Int] = [64, 128, 256, 512], stemChannels: Int = 64, groups: Int = 1,
    widthPerGroup: Int = 64
  ) {
    self.block = block
    self.depths = depths
    self.planes = planes
    self.stemChannels = stemChannels
    self.groups = groups
    self.widthPerGroup = widthPerGroup
  }

  /// The channels that blocks of a width give.
  public func outputChannels(planes: Int) -> Int { block == .basic ? planes : 4 * planes }

  /// The channels inside blocks of a width.
  public func innerChannels(planes: Int) -> Int {
    // In integers, as `int(planes * widthPerGroup / 64) * groups` in the published networks.
    block == .basic ? planes : planes * widthPerGroup / 64 * groups
  }

  /// The channels that a stage gets.
  public func inputChannels(ofStage index: Int) -> Int {
    index == 0 ? stemChannels : outputChannels(planes: planes[index - 1])
  }

  /// Makes a stage of its own, such as an expert's.
  /// - Parameters:
  ///   - index: the stage, from 0; all but the first halve height and width.
  ///   - inputs: the channels it gets, if other than the plan's.
  ///   - planes: its width, if other than the plan's.
  ///   - style: activation and gate.
  ///   - initializer: the source of the initial weights.
  public func stage(
    _ index: Int, inputs: Int? = nil, planes: Int? = nil, style: ResidualStyle = .plain, using initializer: Initializer
  ) throws -> Chain {
    let width = planes ?? self.planes[index]
    let first = inputs ?? inputChannels(ofStage: index)
    return Chain(
      try (0..<depths[index]).map { block in
        try ResidualBlock(
          inputs: block == 0 ? first : outputChannels(planes: width), planes: width,
          stride: index > 0 && block == 0 ? 2 : 1, plan: self, style: style, using: initializer)
      })
  }
}

extension ResNetPlan {
  /// ResNet-10.
  public static let resNet10 = ResNetPlan(block: .basic, depths: [1, 1, 1, 1])
  /// ResNet-18.
  public static let resNet18 = ResNetPlan(block: .basic, depths: [2, 2, 2, 2])
  /// ResNet-34.
  public static let resNet34 = ResNetPlan(block: .basic, depths: [3, 4, 6, 3])
  /// ResNet-50.
  public static let resNet50 = ResNetPlan(block: .bottleneck, depths: [3, 4, 6, 3])
  /// ResNet-101.
  public static let resNet101 = ResNetPlan(block: .bottleneck, depths: [3, 4, 23, 3])
  /// ResNet-152.
  public static let resNet152 = ResNetPlan(block: .bottleneck, depths: [3, 8, 36, 3])

  /// The same with 3x3 convolutions in groups.
  public func grouped(_ groups: Int, width: Int) -> ResNetPlan {
    var plan = self
    (plan.groups, plan.widthPerGroup) = (groups, width)
    return plan
  }
}
