/// The part of a data set that an image belongs to.
public enum DataSplit: String, Sendable, Hashable, Codable, CaseIterable {
  /// To learn from.
  case train
  /// To choose by.
  case validation
  /// To report on.
  case test

  /// By one of the names that files and columns use for it, in any case.
  init?(named text: String) {
    switch text.trimmingPrefix(while: { $0 == " " }).lowercased() {
    case "train", "training", "tr": self = .train
    case "val", "valid", "validation", "dev": self = .validation
    case "test", "testing", "eval", "evaluation": self = .test
    default: return nil
    }
  }
}
