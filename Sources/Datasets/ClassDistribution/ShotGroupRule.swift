/// The limits that sort classes into many, medium and few by their training images.
///
/// Two readings of the same two numbers are in use. ``strict``: many means *more than* 100, few *fewer than* 20.
/// ``inclusive``: many means *100 or more*, few *20 or fewer*. Print the rule with every table; the groups differ.
public struct ShotGroupRule: Sendable, Equatable, CustomStringConvertible {
  /// Training images that separate many from medium.
  public let manyLimit: Int
  /// Training images that separate medium from few.
  public let fewLimit: Int
  /// Whether a class exactly at a limit belongs to the outer group (many or few) and not to medium.
  public let includesLimits: Bool

  /// many > 100, medium 20...100, few < 20; the rule of the decoupling literature and most later work.
  public static let strict = ShotGroupRule(uncheckedMany: 100, few: 20, includesLimits: false)
  /// many >= 100, medium 21...99, few <= 20; the rule of the original open-long-tail work.
  public static let inclusive = ShotGroupRule(uncheckedMany: 100, few: 20, includesLimits: true)

  /// A rule with other limits.
  ///
  /// - Throws: ``ShotGroupRuleError`` when a count could belong to two groups, or a limit is negative.
  public init(manyLimit: Int, fewLimit: Int, includesLimits: Bool = false) throws {
    let overlaps = includesLimits ? fewLimit >= manyLimit : fewLimit - 1 > manyLimit
    guard manyLimit >= 0, fewLimit >= 0, !overlaps else {
      throw ShotGroupRuleError(manyLimit: manyLimit, fewLimit: fewLimit, includesLimits: includesLimits)
    }
    self.init(uncheckedMany: manyLimit, few: fewLimit, includesLimits: includesLimits)
  }

  private init(uncheckedMany: Int, few: Int, includesLimits: Bool) {
    (manyLimit, fewLimit, self.includesLimits) = (uncheckedMany, few, includesLimits)
  }

  /// The group of a class with this many training images.
  public func group(trainingImages count: Int) -> ShotGroup {
    if includesLimits ? count >= manyLimit : count > manyLimit { return .many }
    if includesLimits ? count <= fewLimit : count < fewLimit { return .few }
    return .medium
  }

  /// The condition on the training images of one group, such as `> 100`.
  public func condition(of group: ShotGroup) -> String {
    switch group {
    case .many: return "\(includesLimits ? ">=" : ">") \(manyLimit)"
    case .few: return "\(includesLimits ? "<=" : "<") \(fewLimit)"
    case .medium:
      let (low, high) = includesLimits ? (fewLimit + 1, manyLimit - 1) : (fewLimit, manyLimit)
      return low > high ? "none" : "\(low)...\(high)"
    }
  }

  /// All three conditions, such as `many > 100, medium 20...100, few < 20 training images`.
  public var description: String {
    ShotGroup.allCases.map { "\($0.rawValue) \(condition(of: $0))" }.joined(separator: ", ") + " training images"
  }
}
