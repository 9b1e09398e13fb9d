/// Why an objective cannot be made or computed.
public enum ObjectiveError: Error, CustomStringConvertible, Sendable, Equatable {
  /// A label of a class that the objective excludes because it has no training images.
  case labelOfExcludedClass(label: Int, index: Int)
  /// Every class is excluded.
  case noClasses
  /// The numbers of classes of the logits and of the class distribution differ.
  case classCount(expected: Int, actual: Int)
  /// A setting is outside its range.
  case setting(name: String, value: String, expected: String)
  /// The objective needs the logits of several experts, but the model has one head.
  case noExperts(objective: String)
  /// The model has another number of experts than the objective needs.
  case expertCount(objective: String, expected: Int, actual: Int)
  /// The model has no router, or its router has another number of logits than one between each expert and the next.
  case noRouter(objective: String, expected: Int, actual: Int)
  /// The rows are not pairs of a weak and a strong view, or the labels are neither one per image nor one per row.
  case views(objective: String, rows: Int, labels: Int)
  /// The stage has fewer teachers than the objective needs.
  case teacherCount(objective: String, expected: String, actual: Int)
  /// The objective compares features, but the student or a teacher outputs none.
  case noFeatures(objective: String, of: String)
  /// The numbers of features of student and teachers differ.
  case featureCount(objective: String, expected: Int, actual: Int)

  /// What was expected, what was found, and what to do.
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
    case .noExperts(let objective): "\(objective) needs the logits of several experts, but the model has one head"
    case .expertCount(let objective, let expected, let actual):
      "\(objective) needs \(expected) experts or heads, but the model has \(actual); choose a model that has them"
    case .noRouter(let objective, let expected, let actual):
      "\(objective) needs a router with \(expected) logits per image, one between each expert and the next, but the model "
        + "has \(actual); choose a model with a router"
    case .views(let objective, let rows, let labels):
      "\(objective) compares a weak and a strong view of each image, but the output has \(rows) rows and the batch "
        + "\(labels) labels; give all weak views, then all strong views, with one label per image or one per row"
    case .teacherCount(let objective, let expected, let actual):
      "\(objective) needs \(expected), but the stage has \(actual) teachers; name the teachers' checkpoints in the recipe"
    case .noFeatures(let objective, let name):
      "\(objective) compares features, but \(name) outputs none; use a model that outputs features"
    case .featureCount(let objective, let expected, let actual):
      "\(objective) compares features: the teachers have \(expected) in total, the student \(actual); "
        + "give the student a projection to \(expected)"
    }
  }
}
