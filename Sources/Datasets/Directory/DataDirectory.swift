/// A data set on disk: its format, and its training, validation and test images.
///
/// Class order is that of the training images; validation and test classes are matched to it by name.
public struct DataDirectory: Sendable {
  /// The layouts that `open` knows.
  public enum Kind: String, Sendable, Hashable, Codable {
    /// The binary version of CIFAR-10.
    case cifar10 = "CIFAR-10"
    /// The binary version of CIFAR-100.
    case cifar100 = "CIFAR-100"
    /// `train.txt` with `test.txt` or `val.txt`.
    case imageLists = "image lists"
    /// `train/` with `test/` or `val/`, each with a folder per class.
    case splitFolders = "train and test folders"
    /// A folder per class.
    case classFolders = "class folders"
    /// Comma-separated values with paths and classes.
    case imageTable = "image table"
    /// The JSON files of an iNaturalist competition.
    case iNaturalist = "iNaturalist JSON"
    /// CUB-200-2011.
    case cub200 = "CUB-200-2011"
    /// NABirds.
    case naBirds = "NABirds"
    /// ImageNet-R: class folders named by WordNet, with a table of their names.
    case imageNetR = "ImageNet-R"
    /// Tar archives as WebDataset packs them.
    case shards = "tar shards"
    /// The synthetic images, made in memory.
    case synthetic = "synthetic images"
  }

  /// The path that was opened.
  public let path: String
  /// Its layout.
  public let kind: Kind
  /// The training images.
  public let training: any ImageSource
  /// The validation images; nil where the data have no such split.
  public let validation: (any ImageSource)?
  /// The test images; nil where there are none.
  public let test: (any ImageSource)?
  /// Notes for the user: ignored files, a missing test set, and so on.
  public internal(set) var notes: [String]
  /// The folder of the training images, where each split has one: `train`, `Training`, `train_set`.
  public internal(set) var trainingFolder: String?
  /// What stands before the names of training images in lists that `--train-list` takes: the training folder and a slash, or nothing.
  public var trainingPrefix: String { trainingFolder.map { $0 + "/" } ?? "" }
  /// Common names of the classes in index order, where class names are codes; else nil.
  public let classTitles: [String?]?

  /// The names of the classes, in index order.
  public var classNames: [String] { training.classNames }

  /// The test images, or else the validation images.
  public var evaluation: (any ImageSource)? { test ?? validation }

  /// The splits that exist, with their names.
  public var splits: [(name: String, images: any ImageSource)] {
    [("train", training)] + (validation.map { [("validation", $0)] } ?? []) + (test.map { [("test", $0)] } ?? [])
  }

  /// The layouts, as error messages list them.
  public static let acceptedLayouts = """
    known layouts are: the binary files of CIFAR-10 or CIFAR-100; train/ and test/ (or val/, Training/ and Testing/, \
    train_set/ and the like) with one folder a class; train.txt and test.txt (or val.txt) with a path and a label a line; train.csv, or a \
    table with a column of splits; the JSON files of iNaturalist and camera traps; CUB-200-2011 or NABirds; tar shards as of WebDataset; one folder a class
    """

  /// Makes a set from its parts; validation and test classes are matched by name.
  ///
  /// - Throws: `DataSourceError.unknownClass` or `.missingClass`, naming the split.
  public init(
    path: String, kind: Kind, training: any ImageSource, validation: (any ImageSource)? = nil,
    test: (any ImageSource)? = nil, notes: [String] = [], classTitles: [String?]? = nil,
    allowsMissingClasses: Bool = false
  ) throws {
    func matched(_ source: (any ImageSource)?, _ role: String) throws -> (any ImageSource)? {
      guard let source, source.classNames != training.classNames else { return source }
      return try RelabelledImages(
        source, matching: training.classNames, role: role, allowsMissingClasses: allowsMissingClasses)
    }
    self.path = path
    self.kind = kind
    self.training = training
    self.validation = try matched(validation, "\(path), validation set")
    self.test = try matched(test, "\(path), test set")
    self.notes = notes
    self.classTitles = classTitles
  }

  /// The synthetic images as a data set, with the options that a user has given.
  ///
  /// - Throws: `DataSourceError.unusedOption` for any option but a list of training images; `.badLine` and others for a list that does not fit.
  public static func synthetic(options: DataDirectoryOptions) throws -> DataDirectory {
    try DataOption.check(options.given, used: [.trainingList], path: "synthetic", layout: "synthetic images")
    let directory = try synthetic()
    guard let list = options.trainingList else { return directory }
    return try directory.selectingTraining(IndexList.select(list, from: directory.training).originalIndices)
  }

  /// The synthetic images as a data set.
  ///
  /// - Throws: `DataSourceError.badSetting`.
  public static func synthetic(_ settings: SyntheticImageSettings = SyntheticImageSettings()) throws -> DataDirectory {
    let images = try SyntheticImages(settings)
    return try DataDirectory(path: "synthetic", kind: .synthetic, training: images.training, test: images.test)
  }

  /// The data set with some training images held out as test images.
  ///
  /// Of each class with `n >= 2` images, `n * fraction` (rounded, at least 1, at most `n - 1`) are held out; a single image stays in training.
  /// The choice depends on the seed and each image's name alone, so that added images do not reshuffle the others.
  ///
  /// - Throws: `DataSourceError.badSetting` unless `0 < fraction < 1`, or when there is a test set already.
  public func holdingOut(fraction: Double, seed: UInt64) throws -> DataDirectory {
    guard test == nil else {
      throw DataSourceError.badSetting(
        name: "--hold-out", value: "\(fraction)",
        expected:
          "none, as \(path) has a test set; leave it out (--set data.validationShare takes a part of the training images)"
      )
    }
    let (kept, heldOut) = try HoldOut(fraction: fraction, seed: seed).split(training)
    var result = try DataDirectory(
      path: path, kind: kind, training: SelectedImages(training, indices: kept), validation: validation,
      test: SelectedImages(training, indices: heldOut),
      notes: notes + ["\(heldOut.count) of \(training.count) images are held out for testing (seed \(seed))"],
      classTitles: classTitles)
    result.trainingFolder = trainingFolder
    return result
  }

  /// The data set without some training images, and these images as a validation set: of each class with `n >= 2` images `n * fraction`, rounded, at least 1.
  ///
  /// - Throws: `DataSourceError.badSetting` unless `0 < fraction < 1`.
  public func holdingOutValidation(fraction: Double, seed: UInt64) throws -> (
    kept: DataDirectory, aside: any ImageSource
  ) {
    let (kept, aside) = try HoldOut(fraction: fraction, seed: seed).split(training)
    return (try selectingTraining(kept), try selectingTraining(aside).training)
  }

  /// The data set with only these training images, in this order.
  ///
  /// - Throws: `DataSourceError.indexOutOfRange`.
  public func selectingTraining(_ indices: [Int]) throws -> DataDirectory {
    let selected: any ImageSource
    if let resident = training as? ResidentImages, indices.allSatisfy(resident.labels.indices.contains) {
      selected = resident.selecting(indices)
    } else {
      selected = try SelectedImages(training, indices: indices)
    }
    var result = try DataDirectory(
      path: path, kind: kind, training: selected, validation: validation, test: test, notes: notes,
      classTitles: classTitles)
    result.trainingFolder = trainingFolder
    return result
  }
}
