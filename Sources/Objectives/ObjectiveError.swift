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
  /// The model has too few experts for what the objective compares.
  case expertCount(objective: String, expected: Int, actual: Int)
  /// The model gives another number of gates than there are places between experts.
  case noRouter(objective: String, expected: Int, actual: Int)
  /// Rows are no pairs of a weak and a strong view, or labels belong to neither images nor rows.
  case views(objective: String, rows: Int, labels: Int)
  /// The stage has no teacher, or another number of them, but the objective learns from them.
  case teacherCount(objective: String, expected: String, actual: Int)
  /// The model or a teacher gives no features, but the objective compares them.
  case noFeatures(objective: String, of: String)
  /// Features that are compared have different lengths.
  case featureCount(objective: String, expected: Int, actual: Int)

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
    case .expertCount(let objective, let expected, let actual):
      "\(objective) needs \(expected) experts or heads, but the model gives \(actual); choose a model that has them"
    case .noRouter(let objective, let expected, let actual):
      "\(objective) needs \(expected) gates, one between each expert and the next, but the model gives \(actual); "
        + "choose a model with gates"
    case .views(let objective, let rows, let labels):
      "\(objective) compares a weak and a strong view of each image, but \(rows) rows came with \(labels) labels; give all weak views, "
        + "then all strong ones, with a label for each image or row"
    case .teacherCount(let objective, let expected, let actual):
      "\(objective) learns from \(expected), but the stage has \(actual); name the teachers' checkpoints in the recipe"
    case .noFeatures(let objective, let name):
      "\(objective) compares features, but \(name) gives none; use a model whose output has features"
    case .featureCount(let objective, let expected, let actual):
      "\(objective) compares features: the teachers' have \(expected) values together, the student's \(actual); "
        + "give the student a projection to \(expected)"
    }
  }
}
