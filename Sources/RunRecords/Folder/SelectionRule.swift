/// How the reported epoch was selected.
public enum SelectionRule: String, Codable, Sendable, Hashable, CaseIterable {
  /// The last epoch; nothing was selected.
  case last
  /// The best epoch on a validation set.
  case validation
  /// The best epoch on the test set itself: optimistic, which every table states.
  case test

  /// The rule as tables print it.
  public var label: String {
    switch self {
    case .last: "last epoch"
    case .validation: "best on validation"
    case .test: "best ON TEST"
    }
  }
}
