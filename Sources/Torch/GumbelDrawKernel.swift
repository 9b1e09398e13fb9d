import CLibTorch

/// Draws by Gumbel noise for every item, on the processor, in one pass that keeps no noise.
public enum GumbelDrawKernel {
  /// What the draws give.
  public struct Result {
    /// The item of each draw, int64 `[draws]`.
    public let indices: Tensor
    /// The softmax of scores and noise at the drawn item, float32 `[draws]`.
    public let shares: Tensor
    /// The softmax added up over the items of each class, float32 `[draws, classes]`.
    public let classShares: Tensor
  }

  /// Draws items by the scores of their classes.
  /// - Parameters:
  ///   - logProbabilities: float32 `[classes]`, on the processor.
  ///   - labels: the class of each item, int64 `[items]`, within the classes, on the processor.
  ///   - draws: how many.
  ///   - generator: where the noise comes from: word `d % 4` of the block of draw `d / 4` and the item.
  ///   - step: the step of its counters.
  public static func draw(
    logProbabilities: Tensor, labels: Tensor, draws: Int, generator: Philox4x32, step: UInt64
  ) throws -> Result {
    let (classes, items) = (logProbabilities.elementCount, labels.elementCount)
    guard logProbabilities.dtype == .float32, labels.dtype == .int64 else {
      throw TorchError.elementType(
        function: "draw", expected: "float32 scores and int64 labels",
        actual: "\(logProbabilities.dtype), \(labels.dtype)")
    }
    var indices = [Int64](repeating: 0, count: draws)
    var shares = [Float](repeating: 0, count: draws)
    var classShares = [Float](repeating: 0, count: draws * classes)
    let status = try logProbabilities.withHostBytes { scores in
      try labels.withHostBytes { labels in
        ct_gumbel_draw(
          scores.bindMemory(to: Float.self).baseAddress, Int64(classes), labels.bindMemory(to: Int64.self).baseAddress,
          Int64(items), Int64(draws), generator.key0, generator.key1, step, &indices, &shares, &classShares)
      }
    }
    try Engine.check(status, "draw by noise")
    return Result(
      indices: try Tensor(indices), shares: try Tensor(shares),
      classShares: try Tensor(classShares, shape: [draws, classes]))
  }
}
