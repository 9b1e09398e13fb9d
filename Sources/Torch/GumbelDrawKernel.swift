import CLibTorch

/// A CPU kernel of Gumbel-softmax sampling over items, in one pass that stores no noise.
public enum GumbelDrawKernel {
  /// The results of sampling.
  public struct Result {
    /// The drawn items, int64 `[draws]`.
    public let indices: Tensor
    /// The softmax of log-probability plus noise, at the drawn item, float32 `[draws]`.
    public let shares: Tensor
    /// The same softmax, summed over the items of each class, float32 `[draws, classes]`.
    public let classShares: Tensor
  }

  /// Draws items with the log-probability of their class.
  /// - Parameters:
  ///   - logProbabilities: float32 `[classes]`, on the CPU.
  ///   - labels: the class of each item, int64 `[items]`, within `0 ..< classes`, on the CPU.
  ///   - draws: the number of draws.
  ///   - generator: the generator of the noise: word `d % 4` of the block of draw `d / 4` and the item.
  ///   - step: the step in the generator's counter.
  public static func draw(
    logProbabilities: Tensor, labels: Tensor, draws: Int, generator: Philox4x32, step: UInt64
  ) throws -> Result {
    let (classes, items) = (logProbabilities.elementCount, labels.elementCount)
    guard logProbabilities.dtype == .float32, labels.dtype == .int64 else {
      throw TorchError.elementType(
        function: "draw", expected: "float32 log-probabilities and int64 labels",
        actual: "\(logProbabilities.dtype), \(labels.dtype)")
    }
    var indices = [Int64](repeating: 0, count: draws)
    var shares = [Float](repeating: 0, count: draws)
    var classShares = [Float](repeating: 0, count: draws * classes)
    let status = try logProbabilities.withHostBytes { values in
      try labels.withHostBytes { labels in
        ct_gumbel_draw(
          values.bindMemory(to: Float.self).baseAddress, Int64(classes), labels.bindMemory(to: Int64.self).baseAddress,
          Int64(items), Int64(draws), generator.key0, generator.key1, step, &indices, &shares, &classShares)
      }
    }
    try Engine.check(status, "draw by noise")
    return Result(
      indices: try Tensor(indices), shares: try Tensor(shares),
      classShares: try Tensor(classShares, shape: [draws, classes]))
  }
}
