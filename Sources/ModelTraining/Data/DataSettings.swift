import Datasets
import Objectives
import Serialization

/// Which images of a data set are used for training.
public struct DataSettings: Settings {
  /// The largest over the smallest class count of the training set; 1 uses all images. Applies to CIFAR, not to folders and lists.
  @Within(1...1_000_000, note: "(the images of the largest class over those of the smallest, such as 100)")
  public var imbalanceFactor = 1.0
  /// How class counts fall from the first class to the last.
  public var profile = LongTailProfile.Shape.exponential
  /// Which images of a class are used: `shuffled` ones, as the field does, or the `first` in file order.
  public var selection = LongTailedSelection.Order.shuffled
  /// The seed of that selection, and of the validation set; the field uses 0.
  @Within(0...Int(UInt32.max)) public var selectionSeed = 0
  /// Decode each training image once, resized to this shorter edge in pixels, into a file that later epochs and runs read; nil decodes the
  /// original files each time. Random crops are then cut from smaller images, so results differ a little.
  @Within(1...8192, note: "pixels") public var cachedShorterEdge: Int? = nil
  /// The share of the training images that is held out for validation: at least one image of each class with two or more. Which ones
  /// depends on `selectionSeed`.
  @Within(0..<1) public var validationShare = 0.0

  /// All images.
  public init() {}

  /// Which values have no effect.
  public func checkTogether(_ checks: inout SettingChecks) {
    checks.unused("profile", if: imbalanceFactor == 1, "all images are used where data.imbalanceFactor is 1")
  }

  /// Refuses a selection that would have no effect.
  ///
  /// - Parameter thins: whether the training set is thinned to a long tail, so that images are selected at all.
  /// - Throws: `ObjectiveError.setting`.
  package func checkSelection(thins: Bool) throws {
    guard selection == .first else { return }
    guard thins else {
      throw ObjectiveError.setting(
        name: "data.selection", value: selection.rawValue,
        expected: "shuffled: these data are used as they are; only CIFAR with data.imbalanceFactor above 1 is thinned")
    }
    guard selectionSeed == 0 || validationShare > 0 else {
      throw ObjectiveError.setting(
        name: "data.selectionSeed", value: "\(selectionSeed)",
        expected: "0 with data.selection=first, which draws nothing; or set data.selection=shuffled")
    }
  }
}
