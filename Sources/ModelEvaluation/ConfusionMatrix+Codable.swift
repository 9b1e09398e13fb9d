extension ConfusionMatrix: Codable {
  private enum CodingKeys: String, CodingKey {
    case classCount, entries
  }

  /// Decodes the pairs that occur.
  ///
  /// - Throws: `DecodingError` for a missing field, ``EvaluationError`` for a pair outside the classes.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(classCount: try container.decode(Int.self, forKey: .classCount))
    for (position, entry) in try container.decode([ConfusionEntry].self, forKey: .entries).enumerated() {
      for (what, value) in [("label", entry.truth), ("prediction", entry.predicted)]
      where value < 0 || value >= classCount {
        throw EvaluationError.outOfRange(what, value: value, sample: position, classes: classCount)
      }
      add(truth: entry.truth, predicted: entry.predicted, count: entry.count)
    }
  }

  /// Encodes the number of classes and the pairs that occur.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(classCount, forKey: .classCount)
    try container.encode(entries, forKey: .entries)
  }
}
