extension ConfusionMatrix: Codable {
  private enum CodingKeys: String, CodingKey {
    case classCount, entries
  }

  /// Decodes the number of classes and the non-zero entries, each `[true class, predicted class, count]`.
  ///
  /// - Throws: `DecodingError` for a missing field, ``EvaluationError/confusion(_:)`` for an invalid entry.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let entries = try container.decode([[Int]].self, forKey: .entries).map { numbers in
      guard numbers.count == 3 else {
        throw EvaluationError.confusion(
          "an entry of \(numbers.count) numbers, expected 3: true class, predicted class, count")
      }
      return ConfusionEntry(truth: numbers[0], predicted: numbers[1], count: numbers[2])
    }
    try self.init(classCount: container.decode(Int.self, forKey: .classCount), entries: entries)
  }

  /// Encodes the number of classes and the non-zero entries, each `[true class, predicted class, count]`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(classCount, forKey: .classCount)
    try container.encode(entries.map { [$0.truth, $0.predicted, $0.count] }, forKey: .entries)
  }
}
