/// A label, or a list of labels, that does not fit its classes.
public enum LabelError: Error, Equatable, CustomStringConvertible {
  /// A label names no class.
  case outOfRange(label: Int, position: Int, classCount: Int)
  /// There are no labels, so there is nothing to draw from.
  case noLabels

  /// What was expected, what came and what to do.
  public var description: String {
    switch self {
    case .outOfRange(let label, let position, let classCount):
      "label \(label) of image \(position) is not one of the \(classCount) classes (0...\(classCount - 1)); "
        + "fix the label or the number of classes"
    case .noLabels:
      "the list of labels is empty; a sampler needs at least one image"
    }
  }
}
