/// Why a long-tailed subset cannot be made.
public enum LongTailError: Error, Equatable, CustomStringConvertible {
  /// The imbalance factor is below 1 or not a number.
  case imbalanceFactor(Double)
  /// A number that must be above 0 is not.
  case notPositive(String, Int)
  /// A class has fewer images than should be kept.
  case tooFewImages(label: Int, wanted: Int, available: Int)
  /// A class of an uneven set has fewer images than the profile keeps of it; `feasible` is the largest class that all can give.
  case unevenClasses(name: String, wanted: Int, available: Int, smallest: Int, largest: Int, feasible: Int)
  /// A number of images to keep is negative.
  case negativeCount(label: Int, count: Int)

  /// What was expected, what came and what to do.
  public var description: String {
    switch self {
    case .imbalanceFactor(let factor):
      "the imbalance factor is \(factor), expected 1 or more (largest over smallest class, such as 100"
        + (factor > 0 && factor < 1 ? "; published code that writes \(factor) means \(1 / factor))" : ")")
    case .notPositive(let what, let value):
      "the \(what) is \(value), expected 1 or more"
    case .tooFewImages(let label, let wanted, let available):
      "class \(label) should keep \(wanted) images but has only \(available); lower the images of the largest class"
    case .unevenClasses(let name, let wanted, let available, let smallest, let largest, let feasible):
      "the classes have \(smallest) to \(largest) images, and '\(name)' has only \(available) of the \(wanted) that the profile keeps of it; "
        + (feasible > 0
          ? "pass --largest-class \(feasible) or less, or start from a balanced set"
          : "no profile of this factor fits; start from a balanced set")
    case .negativeCount(let label, let count):
      "class \(label) should keep \(count) images, expected 0 or more"
    }
  }
}
