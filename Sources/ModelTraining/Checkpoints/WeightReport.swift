/// What became of each key when weights were matched with a network.
public struct WeightReport: Sendable, Encodable, Equatable {
  /// A key with two shapes.
  public struct Difference: Sendable, Encodable, Equatable {
    /// The network's key.
    public let key: String
    /// The network's shape.
    public let expected: [Int]
    /// The file's shape.
    public let came: [Int]
  }

  /// The prefix of the network's keys in the file, such as `module.`.
  public var prefix = ""
  /// Keys that were found with the right shape.
  public var matched: [String] = []
  /// Keys of a head that the file lacks or has for other classes; such a head keeps its initial values.
  public var newHead: [String] = []
  /// Position embeddings that are interpolated to the network's grid.
  public var resized: [Difference] = []
  /// Keys of the backbone that the file lacks. Batch counters are not among them: nothing is computed from them.
  public var missing: [String] = []
  /// Keys of the file that the network lacks, as they stand in the file.
  public var extra: [String] = []
  /// Keys with another shape.
  public var misshapen: [Difference] = []

  /// Whether the file has the whole backbone.
  public var hasBackbone: Bool { missing.isEmpty && misshapen.isEmpty }
  /// Whether nothing of the file can be used.
  public var isEmpty: Bool { matched.allSatisfy { $0.hasSuffix(WeightMatch.counterSuffix) } && resized.isEmpty }
}
