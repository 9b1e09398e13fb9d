import DataLoading
import Datasets
import ModelTraining
import Serialization
import Transforms

/// The data that a run uses and how they are read, as `run.json` keeps them.
public struct RunData: Settings {
  /// The data folder, or `synthetic` for the synthetic images.
  public var path = ""
  /// A file that names the training images to use, as `data make-longtail` writes it; nil for all. No further selection is made then.
  public var trainingList: String?
  /// A file with one class name per line, for lists, tables and shards.
  public var classNamesFile: String?
  /// How the folder is read, where that is not detected.
  public var reading = DataReading()
  /// Whether CIFAR files may have other numbers of images than the published ones.
  public var acceptsAnyCounts = false
  /// The fraction of the training images held out as a test set when the data have none; 0 for none.
  public var holdOut = 0.0
  /// The seed of the hold-out where it is not the run's own; runs of several seeds share one test set.
  public var holdOutSeed: UInt64?
  /// Whether images that cannot be decoded are left out.
  public var skipsUnreadable = false
  /// Whether classes without training images are allowed.
  public var allowsEmptyClasses = false
  /// Where images lie while the run uses them.
  public var storage = ImageStorage()

  /// The defaults.
  public init() {}

  /// Opens the data folder, or makes the synthetic images, and holds out a test set if asked to; no image is decoded.
  ///
  /// - Parameter seed: the run's seed.
  /// - Throws: `DataSourceError` naming the file.
  public func open(seed: UInt64) throws -> DataDirectory {
    var options = DataDirectoryOptions()
    options.allowsEmptyClasses = allowsEmptyClasses
    options.trainingList = trainingList
    options.classNamesFile = classNamesFile
    options.reading = reading
    if acceptsAnyCounts { options.countCheck = .none }
    let directory =
      path == "synthetic"
      ? try DataDirectory.synthetic(options: options) : try DataDirectory.open(path, options: options)
    guard holdOut > 0 else { return directory }
    return try directory.holdingOut(fraction: holdOut, seed: holdOutSeed ?? seed)
  }

  /// The images that a recipe's settings select from these data: a training list has selected already.
  public func selection(_ settings: DataSettings) -> DataSettings {
    var settings = settings
    if trainingList != nil { settings.imbalanceFactor = 1 }
    return settings
  }
}
