/// The range of a setting.
public enum SettingRange<Bound: Comparable & Sendable>: Sendable {
  /// Both bounds belong to it.
  case closed(ClosedRange<Bound>)
  /// The upper bound does not.
  case halfOpen(Range<Bound>)
  /// The lower bound does not.
  case above(Bound, upTo: Bound)

  /// Whether a value lies within; NaN never does.
  public func contains(_ value: Bound) -> Bool {
    switch self {
    case .closed(let range): range.contains(value)
    case .halfOpen(let range): range.contains(value)
    case .above(let bound, let greatest): value > bound && value <= greatest
    }
  }

  /// `within 0...1`
  public var description: String {
    switch self {
    case .closed(let range):
      "within \(SettingChecks.text(of: range.lowerBound))...\(SettingChecks.text(of: range.upperBound))"
    case .halfOpen(let range):
      "at least \(SettingChecks.text(of: range.lowerBound)) and below \(SettingChecks.text(of: range.upperBound))"
    case .above(let bound, let greatest):
      "above \(SettingChecks.text(of: bound)) and at most \(SettingChecks.text(of: greatest))"
    }
  }
}
