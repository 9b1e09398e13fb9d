extension ShotGroupRule: Codable {
  private enum CodingKeys: String, CodingKey {
    case manyLimit, fewLimit, includesLimits
  }

  /// Decodes and validates the limits.
  ///
  /// - Throws: `DecodingError` for a missing field, ``ShotGroupRuleError`` for limits that overlap.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      manyLimit: container.decode(Int.self, forKey: .manyLimit),
      fewLimit: container.decode(Int.self, forKey: .fewLimit),
      includesLimits: container.decode(Bool.self, forKey: .includesLimits))
  }

  /// Encodes the two limits and how they are read.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(manyLimit, forKey: .manyLimit)
    try container.encode(fewLimit, forKey: .fewLimit)
    try container.encode(includesLimits, forKey: .includesLimits)
  }
}
