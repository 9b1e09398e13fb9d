/// How `DataDirectory.open` treats what it finds.
public struct DataDirectoryOptions: Sendable, Hashable {
  /// Whether a CIFAR archive must have the published number of images of each class.
  public var countCheck: CIFARArchive.CountCheck
  /// Whether a training class may have no images (it keeps its index).
  public var allowsEmptyClasses: Bool
  /// Whether the test or validation set may lack training classes.
  public var allowsMissingEvaluationClasses: Bool
  /// A file that names the training images to use: indices, or `path label` lines.
  public var trainingList: String?
  /// A file with one class name a line, for image lists; else `classes.txt` or `class_names.txt` beside the list, if there.
  public var classNamesFile: String?

  /// The strict defaults.
  public init(
    countCheck: CIFARArchive.CountCheck = .published, allowsEmptyClasses: Bool = false,
    allowsMissingEvaluationClasses: Bool = false, trainingList: String? = nil, classNamesFile: String? = nil
  ) {
    self.countCheck = countCheck
    self.allowsEmptyClasses = allowsEmptyClasses
    self.allowsMissingEvaluationClasses = allowsMissingEvaluationClasses
    self.trainingList = trainingList
    self.classNamesFile = classNamesFile
  }
}
