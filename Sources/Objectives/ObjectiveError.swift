/// An objective that has no value for what it was given.
public enum ObjectiveError: Error, CustomStringConvertible, Sendable, Equatable {
  /// A label names a class that the objective excludes because it has no training images.
  case labelOfExcludedClass(label: Int, index: Int)
  /// Every class is excluded.
  case noClasses
  /// The classes of the logits and of the class distribution differ.
  case classCount(expected: Int, actual: Int)
  /// A setting is outside its range.
  case setting(name: String, value: String, expected: String)
  /// The model gives no per-expert scores, but the objective needs them.
  case noExperts(objective: String)

  /// What was expected, what came, and what to do.
  public var description: String {
    switch self {
    case .labelOfExcludedClass(let label, let index):
      "sample \(index) has label \(label), but that class has no training images and is excluded from the loss; "
        + "give it images, drop the sample, or set a count floor of at least 1"
    case .noClasses:
      "every class has 0 training images; the loss needs at least one class with images, or a count floor"
    case .classCount(let expected, let actual):
      "the logits have \(actual) classes, but the class distribution has \(expected); both must come from the same training set"
    case .setting(let name, let value, let expected): "\(name) is \(value), but must be \(expected)"
    case .noExperts(let objective): "\(objective) needs the scores of several experts, but the model has one head"
    }
  }
}
