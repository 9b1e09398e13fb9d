/// The size of a data set and of its classes.
public struct DataSummary: Sendable, Hashable, Codable {
  /// One class.
  public struct Row: Sendable, Hashable, Codable {
    /// Its index.
    public var index: Int
    /// Its name.
    public var name: String
    /// Its common name, where the class name is a code.
    public var title: String?
    /// Its training images.
    public var trainingCount: Int
    /// Its validation images; absent without such a split.
    public var validationCount: Int?
    /// Its test images; absent without such a split.
    public var testCount: Int?
  }

  /// The smallest, middle and largest of some lengths.
  public struct Range: Sendable, Hashable, Codable {
    /// The smallest.
    public var smallest: Int
    /// The lower median.
    public var median: Int
    /// The largest.
    public var largest: Int

    init?(_ values: [Int]) {
      let sorted = values.sorted()
      guard let first = sorted.first, let last = sorted.last else { return nil }
      (smallest, median, largest) = (first, sorted[(sorted.count - 1) / 2], last)
    }
  }

  /// The path of the data set.
  public var path: String
  /// Its layout.
  public var kind: DataDirectory.Kind
  /// The classes, largest training count first, equal ones by index.
  public var classes: [Row]
  /// All training images.
  public var trainingCount: Int
  /// All validation images; absent without such a split.
  public var validationCount: Int?
  /// All test images; absent without such a split.
  public var testCount: Int?
  /// The largest over the smallest training count among classes that have images; 1 means balanced.
  public var imbalanceFactor: Double
  /// Widths in pixels, of the sampled images; absent if none could be read.
  public var widths: Range?
  /// Heights in pixels, likewise.
  public var heights: Range?
  /// The training images whose headers were read for the two ranges.
  public var sampledCount: Int
  /// Of those, the ones that could not be read.
  public var unreadableCount: Int
  /// Which training images have coordinates, dates and attributes; absent where the data have none.
  public var metadata: MetadataCoverage?
  /// Notes from opening the folder.
  public var notes: [String]

  /// Counts the classes and reads the headers of at most `sampleLimit` training images, evenly spread.
  public init(_ directory: DataDirectory, sampleLimit: Int = 2000) {
    let training = directory.training.classCounts
    let (validation, test) = (directory.validation?.classCounts, directory.test?.classCounts)
    path = directory.path
    kind = directory.kind
    notes = directory.notes
    classes = directory.classNames.enumerated().map { index, name in
      Row(
        index: index, name: name, title: directory.classTitles?[index], trainingCount: training[index],
        validationCount: validation?[index],
        testCount: test?[index])
    }.sorted { ($1.trainingCount, $0.index) < ($0.trainingCount, $1.index) }
    metadata = MetadataCoverage(of: directory.training)
    trainingCount = directory.training.count
    validationCount = directory.validation?.count
    testCount = directory.test?.count
    let used = training.filter { $0 > 0 }
    imbalanceFactor = used.isEmpty ? 1 : Double(used.max() ?? 1) / Double(used.min() ?? 1)
    let step = max((trainingCount + sampleLimit - 1) / max(sampleLimit, 1), 1)
    let sizes = stride(from: 0, to: trainingCount, by: step).map { try? directory.training.imageSize(at: $0) }
    sampledCount = sizes.count
    unreadableCount = sizes.filter { $0 == nil }.count
    widths = Range(sizes.compactMap { $0?.width })
    heights = Range(sizes.compactMap { $0?.height })
  }
}
