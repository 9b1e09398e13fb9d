import Datasets
import Objectives
import Serialization

/// Which images of a balanced data set are used for training.
public struct DataSettings: Sendable, Codable, Equatable {
  /// The largest over the smallest training count; 1 takes the data as they are. Applies to CIFAR, not to folders and lists.
  public var imbalanceFactor: Double
  /// How counts fall from the first class to the last.
  public var profile: LongTailProfile.Shape
  /// Which images of a class are kept: `shuffled` ones, as the field does, or the `first` in file order.
  public var selection = LongTailedSelection.Order.shuffled
  /// The seed of the conventional subset; the field uses 0.
  public var selectionSeed: Int
  /// Decode each training image once, with a shorter edge of so many pixels, into a file that later epochs and runs read; 0 reads the
  /// images themselves each time. Random parts are then cut out of smaller images, so results differ a little.
  public var cachedShorterEdge: Int
  /// The share of the training images that is set aside for choices after training, and not trained on: of each class with two images or
  /// more at least one. Which ones depends on `selectionSeed`.
  public var validationShare = 0.0

  /// Makes settings.
  public init(
    imbalanceFactor: Double = 1, profile: LongTailProfile.Shape = .exponential, selectionSeed: Int = 0,
    cachedShorterEdge: Int = 0
  ) {
    self.imbalanceFactor = imbalanceFactor
    self.profile = profile
    self.selectionSeed = selectionSeed
    self.cachedShorterEdge = cachedShorterEdge
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

extension DataSettings: CheckedSettings {
  /// Ranges of all numbers.
  public func check(_ checks: inout SettingChecks) {
    checks.number(
      "imbalanceFactor", imbalanceFactor, in: 1...1_000_000,
      ": the images of the largest class over those of the smallest, such as 100")
    checks.integer("selectionSeed", selectionSeed, in: 0...Int(UInt32.max))
    checks.integer("cachedShorterEdge", cachedShorterEdge, in: 0...8192, " pixels")
    checks.number("validationShare", validationShare, in: 0..<1)
    checks.unused("profile", if: imbalanceFactor == 1, "all images are used where data.imbalanceFactor is 1")
  }
}
