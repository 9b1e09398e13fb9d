/// Limits of shot groups under which a class could belong to two groups.
public struct ShotGroupRuleError: Error, Equatable, CustomStringConvertible {
  /// The limit given for many.
  public let manyLimit: Int
  /// The limit given for few.
  public let fewLimit: Int
  /// Whether the limits were to belong to the outer groups.
  public let includesLimits: Bool

  /// What was expected and what came.
  public var description: String {
    let expected = includesLimits ? "few below many" : "few at most one above many"
    return "shot groups need limits of 0 or more with \(expected), got many \(manyLimit) and few \(fewLimit) "
      + "(limits \(includesLimits ? "included" : "excluded")); usual limits are many 100 and few 20"
  }
}
