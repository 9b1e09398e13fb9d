/// CUB-200-2011 or NABirds: a folder of text files that name images, classes, the split, boxes and attributes.
///
/// Classes are in the order of their numbers among those that images have (both sets number from 1, NABirds with gaps).
public struct BirdArchive: Sendable {
  /// A box in pixels.
  public struct Box: Sendable, Hashable, Codable {
    /// From the left.
    public var x: Double
    /// From the top.
    public var y: Double
    /// To the right of `x`.
    public var width: Double
    /// Below `y`.
    public var height: Double
  }

  /// The folder with the text files.
  public let folder: String
  /// The training images; their metadata are the attributes, where the folder has them.
  public let training: IndexedImages
  /// The test images.
  public let test: IndexedImages
  /// The groups of classes; NABirds only.
  public let hierarchy: ClassHierarchy?
  /// The bird's box in each training image, where the folder has them.
  public let trainingBoxes: [Box]?
  /// The bird's box in each test image, where the folder has them.
  public let testBoxes: [Box]?

  /// The files that every such folder has.
  static let telltaleFiles = ["images.txt", "image_class_labels.txt", "train_test_split.txt", "classes.txt"]

  /// Reads the text files; no image is opened.
  ///
  /// - Throws: `DataSourceError.malformed` with file and line; `.missing` for a file that is not there.
  public init(folder: String) throws {
    let files = BirdFiles(folder: folder)
    let records = try BirdRecords(files)
    let classes = records.classOrder
    let names = try files.classNames(of: classes)
    if DirectoryListing.isFile(files.path("hierarchy.txt")) {
      let all = try files.table("classes.txt")
      hierarchy = try ClassHierarchy(file: files.path("hierarchy.txt"), names: all, classes: classes)
    } else {
      hierarchy = nil
    }
    let labels = records.labels(classes)
    let boxes = try records.boxes(files)
    let attributes = try BirdAttributes.read(files, records)
    func part(_ isTraining: Bool) throws -> (images: IndexedImages, boxes: [Box]?) {
      let rows = records.isTraining.indices.filter { records.isTraining[$0] == isTraining }
      var paths = PathTable()
      for row in rows { try paths.append(records.paths[row]) }
      paths.finish()
      let images = IndexedImages(
        root: folder + "/images", classNames: names, labels: rows.map { labels[$0] }, paths: paths,
        metadata: attributes.map { SelectedMetadata(base: $0, originalIndices: rows) })
      return (images, boxes.map { all in rows.map { all[$0] } })
    }
    self.folder = folder
    (training, trainingBoxes) = try part(true)
    (test, testBoxes) = try part(false)
  }

  /// Finds the archive in a folder or one level below.
  static func locate(_ path: String, _ listing: DirectoryListing) -> String? {
    let candidates = [path] + ["CUB_200_2011", "nabirds"].filter(listing.folders.contains).map { path + "/" + $0 }
    return candidates.first { folder in telltaleFiles.allSatisfy { DirectoryListing.isFile(folder + "/" + $0) } }
  }
}
