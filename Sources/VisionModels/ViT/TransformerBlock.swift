import NeuralNetworks
import Torch

/// A pre-norm transformer block: `x += attention(norm(x))`, then `x += feedForward(norm(x))`.
///
/// - Shapes: `[batch, tokens, width]` to the same.
public final class TransformerBlock: Module, Layer {
  private let attentionNormalization: LayerNormalization
  private let attention: SelfAttention
  private let attentionPath: DropPath
  private let forwardNormalization: LayerNormalization
  private let forward: FeedForward
  private let forwardPath: DropPath

  /// Makes a block.
  /// - Parameters:
  ///   - width: channels of a token.
  ///   - heads: heads of the attention.
  ///   - hiddenRatio: channels inside the feed-forward part over `width`.
  ///   - dropout: the probability that an element of a linear layer's result is zero while training.
  ///   - dropPath: the probability that an image skips a part while training.
  ///   - initializer: the source of the initial weights.
  public init(
    width: Int, heads: Int, hiddenRatio: Int = 4, dropout: Double = 0, dropPath: Double = 0,
    using initializer: Initializer
  ) throws {
    attentionNormalization = try LayerNormalization(channels: width, epsilon: 1e-6, using: initializer)
    attention = try SelfAttention(width: width, heads: heads, dropout: dropout, using: initializer)
    attentionPath = DropPath(rate: dropPath)
    forwardNormalization = try LayerNormalization(channels: width, epsilon: 1e-6, using: initializer)
    forward = try FeedForward(width: width, hidden: hiddenRatio * width, dropout: dropout, using: initializer)
    forwardPath = DropPath(rate: dropPath)
  }

  /// `norm1`, `attn`, `drop_path1`, `norm2`, `mlp`, `drop_path2`.
  public override var children: [NamedModule] {
    [
      NamedModule("norm1", attentionNormalization), NamedModule("attn", attention),
      NamedModule("drop_path1", attentionPath), NamedModule("norm2", forwardNormalization),
      NamedModule("mlp", forward), NamedModule("drop_path2", forwardPath),
    ]
  }

  /// Applies the block.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    let attended = try input + attentionPath(attention(attentionNormalization(input)))
    return try attended + forwardPath(forward(forwardNormalization(attended)))
  }
}
