/// How the epoch that is reported was chosen.
public enum SelectionRule: String, Codable, Sendable, Hashable, CaseIterable {
  /// The last epoch; nothing was chosen.
  case last
  /// The best epoch on a validation split.
  case validation
  /// The best epoch on the test set itself; optimistic, and said in every table.
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
