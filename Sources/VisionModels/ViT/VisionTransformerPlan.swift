/// The shape of a vision transformer.
public struct VisionTransformerPlan: Sendable, Equatable {
  /// Channels of a token, a multiple of the heads.
  public var width: Int
  /// Blocks.
  public var depth: Int
  /// Heads of each attention.
  public var heads: Int
  /// The width and height of a patch, in pixels.
  public var patchSize: Int
  /// The width and height of the images that the position embedding is made for, in pixels.
  public var inputSize: Int
  /// Whether there is a second summary token, which learns from a teacher.
  public var hasDistillationToken: Bool
  /// The probability that an element is zero while training, after the position embedding and after each linear layer
  /// of a block.
  public var dropout: Double
  /// The probability that an image skips a part of the last block while training; it rises evenly from 0 at the first.
  public var dropPath: Double

  /// Makes a plan.
  public init(
    width: Int, depth: Int = 12, heads: Int, patchSize: Int = 16, inputSize: Int = 224,
    hasDistillationToken: Bool = false, dropout: Double = 0, dropPath: Double = 0
  ) {
    self.width = width
    self.depth = depth
    self.heads = heads
    self.patchSize = patchSize
    self.inputSize = inputSize
    self.hasDistillationToken = hasDistillationToken
    self.dropout = dropout
    self.dropPath = dropPath
  }

  /// Tiny: 192 channels, 3 heads.
  public static let tiny = VisionTransformerPlan(width: 192, heads: 3)
  /// Small: 384 channels, 6 heads.
  public static let small = VisionTransformerPlan(width: 384, heads: 6)
  /// Base: 768 channels, 12 heads.
  public static let base = VisionTransformerPlan(width: 768, heads: 12)

  /// The summary tokens before those of the patches.
  public var summaryTokenCount: Int { hasDistillationToken ? 2 : 1 }
  /// Patches along an edge of the image.
  public var gridSide: Int { inputSize / patchSize }
}
