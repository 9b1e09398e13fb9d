extension Sampler where Self == ClassProbabilitySampler {
  /// Every class equally often: exponent 0.
  ///
  /// - Throws: as ``ClassProbabilitySampler/init(labels:classCount:exponent:epochLength:)``.
  public static func classBalanced(
    labels: [Int32], classCount: Int, epochLength: Int? = nil
  ) throws -> ClassProbabilitySampler {
    try ClassProbabilitySampler(labels: labels, classCount: classCount, exponent: 0, epochLength: epochLength)
  }

  /// Classes in proportion to the square root of their counts: exponent 0.5.
  ///
  /// - Throws: as ``ClassProbabilitySampler/init(labels:classCount:exponent:epochLength:)``.
  public static func squareRoot(
    labels: [Int32], classCount: Int, epochLength: Int? = nil
  ) throws -> ClassProbabilitySampler {
    try ClassProbabilitySampler(labels: labels, classCount: classCount, exponent: 0.5, epochLength: epochLength)
  }
}
