import NeuralNetworks
import Torch

extension VisionTransformer: DivisibleBackbone {
  /// The channels of a token, for each block.
  public var partWidths: [Int] { Array(repeating: plan.width, count: plan.depth) }
  /// All blocks but the last two.
  public var usualSharedParts: Int { max(0, plan.depth - 2) }

  /// Patches, tokens and first blocks.
  public func trunk(
    parts: Int, shortcut: CIFARResNet.Shortcut?, using initializer: Initializer
  ) throws -> any ExpertTrunk {
    guard shortcut == nil else {
      throw ModelError.setting(
        name: "experts.shortcut", value: shortcut?.rawValue ?? "null",
        expected: "null for transformers, which have none")
    }
    return try TransformerTrunk(plan, blocks: parts, using: initializer)
  }

  /// The later blocks and the last normalisation.
  public func branch(_ shape: ExpertShape, using initializer: Initializer) throws -> any ExpertBranch {
    guard shape.widths == partWidths else {
      throw ModelError.setting(
        name: "experts.widths", value: "\(shape.widths)", expected: "\(plan.width) for all blocks of a transformer")
    }
    guard shape.fusion == .none else {
      throw ModelError.setting(
        name: "experts.fusion", value: shape.fusion.rawValue,
        expected: "none for transformers, which have no maps of other sizes")
    }
    return try TransformerBranch(plan, shape, using: initializer)
  }
}

/// The shared part of a transformer. Keys are the network's own.
public final class TransformerTrunk: Module, ExpertTrunk {
  /// The network without late blocks; its own last normalisation is that of each expert and not used.
  private let start: VisionTransformer

  /// The shape of the whole network.
  let plan: VisionTransformerPlan

  init(_ plan: VisionTransformerPlan, blocks: Int, using initializer: Initializer) throws {
    self.plan = plan
    start = try VisionTransformer(plan, blocks: 0..<blocks, using: initializer)
  }

  /// `cls_token`, `pos_embed`, and with a distillation token `dist_token`.
  public override var parameters: [NamedTensor] { start.parameters }
  /// `patch_embed`, `pos_drop`, `blocks`.
  public override var children: [NamedModule] { start.children.filter { $0.name != "norm" } }

  /// The tokens at the beginning and after each block.
  public func values(_ images: Tensor) throws -> [Tensor] {
    var values = [try start.embedded(images)]
    for block in start.blocks { values.append(try block(values[values.count - 1])) }
    return values
  }
}

/// The late blocks of an expert and its normalisation. Keys are `blocks.<n>`, numbered as in the network, and `norm`.
public final class TransformerBranch: Module, ExpertBranch {
  /// Where it begins.
  public let shape: ExpertShape
  /// The channels of a token.
  public let featureCount: Int
  private let blocks: [TransformerBlock]
  private let normalization: LayerNormalization
  private let summaryTokens: Int

  init(_ plan: VisionTransformerPlan, _ shape: ExpertShape, using initializer: Initializer) throws {
    self.shape = shape
    featureCount = plan.width
    summaryTokens = plan.summaryTokenCount
    blocks = try VisionTransformer.blocks(plan, shape.sharedParts..<plan.depth, using: initializer)
    normalization = try LayerNormalization(channels: plan.width, epsilon: 1e-6, using: initializer)
  }

  /// `blocks.<n>`, `norm`.
  public override var children: [NamedModule] {
    blocks.enumerated().map { NamedModule("blocks.\(shape.sharedParts + $0.offset)", $0.element) }
      + [NamedModule("norm", normalization)]
  }

  /// The summary tokens at the end.
  public func featureVectors(_ shared: [Tensor]) throws -> [Tensor] {
    let tokens = try normalization(blocks.reduce(shared[shape.sharedParts]) { try $1($0) })
    return try (0..<summaryTokens).map { try tokens.selected(axis: 1, index: $0) }
  }
}
