/// Why counts and names do not make a class distribution.
public enum ClassDistributionError: Error, Equatable, CustomStringConvertible {
  /// There is no class at all.
  case noClasses
  /// All classes are empty.
  case noImages(classes: Int)
  /// A count is below zero.
  case negativeCount(label: Int, count: Int)
  /// The counts add up to more than a 64-bit integer holds.
  case tooManyImages
  /// Names and counts differ in number.
  case nameCount(names: Int, classes: Int)
  /// Two classes share a name.
  case duplicateName(String, first: Int, second: Int)
  /// A parameter of a class weight or margin lies outside its range.
  case parameter(String, expected: String, got: Double)

  /// What was expected, what came and what to do.
  public var description: String {
    switch self {
    case .noClasses:
      "a class distribution needs at least one class, got none; check the list of classes"
    case .noImages(let classes):
      "none of the \(classes) classes has a training image; check the labels or the list of images"
    case .negativeCount(let label, let count):
      "class \(label) has \(count) training images; a count is 0 or more"
    case .tooManyImages:
      "the class counts add up to more than \(Int.max); check them for a misread number"
    case .nameCount(let names, let classes):
      "\(classes) classes need \(classes) names in label order, got \(names)"
    case .duplicateName(let name, let first, let second):
      "classes \(first) and \(second) are both named \"\(name)\"; class names must be unique"
    case .parameter(let name, let expected, let got):
      "\(name) is \(got), expected \(expected)"
    }
  }
}
