import NeuralNetworks
import Torch

/// The vision transformer, with a class token and optionally a distillation token, and the keys of timm.
///
/// An image of another size than the plan's has another grid of patches; the position embedding is then interpolated in
/// each pass.
/// - Shapes: `[batch, 3, height, width]` with height and width that are multiples of the patch, to one `[batch, width]`
///   per summary token.
/// - Source: An Image is Worth 16x16 Words, ICLR 2021; Training data-efficient image transformers, ICML 2021.
public final class VisionTransformer: Module, Backbone {
  /// The shape of the network.
  public let plan: VisionTransformerPlan
  /// The transformer blocks.
  public let blocks: [TransformerBlock]
  private let classToken: Tensor
  private let distillationToken: Tensor?
  private let positions: Tensor
  private let patches: PatchEmbedding
  private let positionDropout: Dropout
  private let normalization: LayerNormalization

  /// Makes a network.
  public convenience init(_ plan: VisionTransformerPlan, using initializer: Initializer) throws {
    try self.init(plan, blocks: 0..<plan.depth, using: initializer)
  }

  /// Makes a network that has only some of the plan's blocks.
  init(_ plan: VisionTransformerPlan, blocks range: Range<Int>, using initializer: Initializer) throws {
    precondition(plan.depth > 0 && plan.gridSide > 0, "a transformer has blocks and patches")
    self.plan = plan
    func token(_ count: Int) throws -> Tensor {
      try initializer.truncatedNormal([1, count, plan.width], standardDeviation: 0.02)
    }
    classToken = try token(1)
    distillationToken = plan.hasDistillationToken ? try token(1) : nil
    positions = try token(plan.summaryTokenCount + plan.gridSide * plan.gridSide)
    patches = try PatchEmbedding(patchSize: plan.patchSize, width: plan.width, using: initializer)
    positionDropout = Dropout(rate: plan.dropout)
    blocks = try VisionTransformer.blocks(plan, range, using: initializer)
    normalization = try LayerNormalization(channels: plan.width, epsilon: 1e-6, using: initializer)
  }

  /// Makes some of the plan's blocks, with the drop-path rates that they have there.
  static func blocks(_ plan: VisionTransformerPlan, _ range: Range<Int>, using initializer: Initializer) throws
    -> [TransformerBlock]
  {
    try DropPath.rates(upTo: plan.dropPath, count: plan.depth)[range].map { rate in
      try TransformerBlock(
        width: plan.width, heads: plan.heads, dropout: plan.dropout, dropPath: rate, using: initializer)
    }
  }

  /// The channels of a token.
  public var featureCount: Int { plan.width }
  /// `head`, and with a distillation token `head_dist`.
  public var headNames: [String] { plan.hasDistillationToken ? ["head", "head_dist"] : ["head"] }
  /// Normal with standard deviation 0.02.
  public var headStart: Linear.Start { .truncatedNormal(standardDeviation: 0.02) }

  /// `cls_token`, `pos_embed`, and with a distillation token `dist_token`.
  public override var parameters: [NamedTensor] {
    [NamedTensor("cls_token", classToken), NamedTensor("pos_embed", positions)]
      + (distillationToken.map { [NamedTensor("dist_token", $0)] } ?? [])
  }

  /// `patch_embed`, `pos_drop`, `blocks`, `norm`.
  public override var children: [NamedModule] {
    [
      NamedModule("patch_embed", patches), NamedModule("pos_drop", positionDropout),
      NamedModule("blocks", Chain(blocks)), NamedModule("norm", normalization),
    ]
  }

  /// The class token at the end.
  public func callAsFunction(_ images: Tensor) throws -> Tensor { try tokens(images).selected(axis: 1, index: 0) }

  /// The class token at the end, and the distillation token if there is one.
  public func featureVectors(_ images: Tensor) throws -> [Tensor] {
    let tokens = try tokens(images)
    return try (0..<plan.summaryTokenCount).map { try tokens.selected(axis: 1, index: $0) }
  }

  /// All tokens after the last normalisation, `[batch, tokens, width]`: summary tokens first, then patches row after
  /// row.
  public func tokens(_ images: Tensor) throws -> Tensor {
    try normalization(blocks.reduce(embedded(images)) { try $1($0) })
  }

  /// All tokens before the first block.
  func embedded(_ images: Tensor) throws -> Tensor {
    let embedded = try patches(images)
    let batch = embedded.shape[0]
    let summaries = try ([classToken] + (distillationToken.map { [$0] } ?? [])).map {
      try $0.expanded([batch, -1, -1])
    }
    let joined = try Tensor.concatenation(summaries + [embedded], axis: 1)
    return try positionDropout(joined + positions(for: images))
  }

  private func positions(for images: Tensor) throws -> Tensor {
    let (rows, columns) = (images.shape[2] / plan.patchSize, images.shape[3] / plan.patchSize)
    if rows == plan.gridSide, columns == plan.gridSide { return positions }
    return try PositionEmbedding.resized(
      positions, summaryTokens: plan.summaryTokenCount, rows: rows, columns: columns) ?? positions
  }
}
