extension ClassDistribution: Codable {
  private enum CodingKeys: String, CodingKey {
    case counts, names
  }

  /// Decodes and validates: a stored distribution obeys the same rules as a new one.
  ///
  /// - Throws: `DecodingError` for a missing or mistyped field, ``ClassDistributionError`` for unusable values.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      counts: container.decode([Int].self, forKey: .counts),
      names: container.decodeIfPresent([String].self, forKey: .names))
  }

  /// Encodes counts and names; everything else follows from them.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(counts, forKey: .counts)
    try container.encode(names, forKey: .names)
  }
}
