import Torch

/// Multi-head self-attention with one product for queries, keys and values.
///
/// Each head compares `d = width / heads` channels: `softmax(q k^T / sqrt(d)) v`. Keys are `qkv` and `proj`.
/// - Shapes: `[batch, tokens, width]` to the same.
/// - Source: Attention Is All You Need, NeurIPS 2017; An Image is Worth 16x16 Words, ICLR 2021.
public final class SelfAttention: Module, Layer {
  /// The number of heads.
  public let headCount: Int
  /// Whether one kernel computes all; never while attention itself drops out, and not twice differentiable.
  public var usesFusedKernel = true
  private let joined: Linear
  private let projection: Linear
  private let attentionDropout: Dropout
  private let projectionDropout: Dropout

  /// Makes a layer.
  /// - Parameters:
  ///   - width: channels of a token, a multiple of `heads`.
  ///   - heads: the number of heads.
  ///   - hasJoinedBias: whether queries, keys and values have a bias.
  ///   - attentionDropout: the probability that a weight of the attention is zero while training.
  ///   - dropout: the probability that an element of the result is zero while training.
  ///   - start: the initial weights.
  ///   - initializer: the source of random numbers.
  public init(
    width: Int, heads: Int, hasJoinedBias: Bool = true, attentionDropout: Double = 0, dropout: Double = 0,
    start: Linear.Start = .truncatedNormal(standardDeviation: 0.02), using initializer: Initializer
  ) throws {
    precondition(heads > 0 && width % heads == 0, "\(width) channels cannot be divided among \(heads) heads")
    headCount = heads
    joined = try Linear(inputs: width, outputs: 3 * width, hasBias: hasJoinedBias, start: start, using: initializer)
    projection = try Linear(inputs: width, outputs: width, start: start, using: initializer)
    self.attentionDropout = Dropout(rate: attentionDropout)
    projectionDropout = Dropout(rate: dropout)
  }

  /// `qkv`, `attn_drop`, `proj`, `proj_drop`.
  public override var children: [NamedModule] {
    [
      NamedModule("qkv", joined), NamedModule("attn_drop", attentionDropout), NamedModule("proj", projection),
      NamedModule("proj_drop", projectionDropout),
    ]
  }

  /// Lets tokens attend to each other.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    let (batch, tokens, width) = (input.shape[0], input.shape[1], input.shape[2])
    let parts = try joined(input).reshaped([batch, tokens, 3, headCount, width / headCount]).permuted([2, 0, 3, 1, 4])
    let queries = try parts.selected(axis: 0, index: 0)
    let keys = try parts.selected(axis: 0, index: 1)
    let values = try parts.selected(axis: 0, index: 2)
    OperationCounter.current?.add(attention: 2 * batch * tokens * tokens * width)
    let mixed = try mix(queries, keys, values)
    return try projectionDropout(projection(mixed.transposed(1, 2).reshaped([batch, tokens, width])))
  }

  private func mix(_ queries: Tensor, _ keys: Tensor, _ values: Tensor) throws -> Tensor {
    let dropsOut = isTraining && attentionDropout.rate > 0
    if usesFusedKernel, !dropsOut { return try queries.attending(to: keys, values: values) }
    let scale = 1 / Double(queries.shape[3]).squareRoot()
    let weights = try (queries * scale).matrixProduct(keys.transposed()).softmax()
    return try attentionDropout(weights).matrixProduct(values)
  }
}
