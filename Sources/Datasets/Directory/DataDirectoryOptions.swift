/// Options of `DataDirectory.open`.
public struct DataDirectoryOptions: Sendable, Hashable {
  /// The format, the folder of the images and the columns of tables, where they should not be detected.
  public var reading: DataReading
  /// Whether a CIFAR archive must have the published number of images of each class.
  public var countCheck: CIFARArchive.CountCheck
  /// Whether a training class may have no images (it keeps its index).
  public var allowsEmptyClasses: Bool
  /// Whether the test or validation set may lack training classes.
  public var allowsMissingEvaluationClasses: Bool
  /// Whether a list, table or JSON file may be opened although none of its images is found, to look at counts alone.
  public var allowsMissingImages: Bool
  /// A file that names the training images to use: indices, or `path label` lines.
  public var trainingList: String?
  /// A file with one class name per line, for lists, tables and shards; else `classes.txt` or `class_names.txt` beside them, if there.
  public var classNamesFile: String?
  /// The strict defaults.
  public init(
    countCheck: CIFARArchive.CountCheck = .published, allowsEmptyClasses: Bool = false,
    allowsMissingEvaluationClasses: Bool = false, allowsMissingImages: Bool = false, trainingList: String? = nil,
    classNamesFile: String? = nil, reading: DataReading = DataReading()
  ) {
    self.countCheck = countCheck
    self.allowsEmptyClasses = allowsEmptyClasses
    self.allowsMissingEvaluationClasses = allowsMissingEvaluationClasses
    self.allowsMissingImages = allowsMissingImages
    self.trainingList = trainingList
    self.classNamesFile = classNamesFile
    self.reading = reading
  }
}
