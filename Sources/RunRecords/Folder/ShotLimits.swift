/// The training counts that separate the shot groups.
public struct ShotLimits: Codable, Sendable, Hashable {
  /// Classes with more training images are `many`.
  public var manyAbove: Int
  /// Classes with fewer training images are `few`.
  public var fewBelow: Int

  /// Creates limits.
  public init(manyAbove: Int, fewBelow: Int) {
    self.manyAbove = manyAbove
    self.fewBelow = fewBelow
  }

  /// The limits as tables print them.
  public var label: String {
    "many: more than \(manyAbove) training images; few: fewer than \(fewBelow); medium: the rest"
  }

  /// The note under a table with metrics of these groups; nil if no run states its limits.
  public static func note(_ limits: [ShotLimits?]) -> String? {
    let known = Set(limits.compactMap { $0 })
    guard let first = known.first else { return nil }
    return known.count == 1
      ? "Shot groups, \(first.label)."
      : "The limits of the shot groups differ between the runs; the groups are not comparable."
  }
}
