/// Image files listed by a table, a JSON file or a folder with lists, with their labels and metadata.
public struct IndexedImages: FileImageSource, PathTableImages {
  /// The folder that paths are relative to.
  public let root: String
  /// The names of the classes.
  public let classNames: [String]
  /// The class of each image.
  public let labels: [Int]
  /// Coordinates, dates and attributes of the images, where the data have them.
  public let metadata: (any MetadataSource)?
  let paths: PathTable

  /// - Precondition: there is a path for each label, and each label names a class.
  init(root: String, classNames: [String], labels: [Int], paths: PathTable, metadata: (any MetadataSource)? = nil) {
    precondition(labels.count == paths.count, "a path for each label")
    self.root = root
    self.classNames = classNames
    self.labels = labels
    self.paths = paths
    self.metadata = metadata
  }

  /// The path relative to the root.
  public func name(at index: Int) -> String { paths[index] }

  /// The root joined with the relative path.
  public func path(at index: Int) -> String { root + "/" + paths[index] }

  /// Bytes of memory for paths and labels, without metadata.
  public var storedBytes: Int { paths.storedBytes + MemoryLayout<Int>.stride * labels.count }

  /// The same images under another root.
  func moved(to root: String, paths: PathTable) -> IndexedImages {
    IndexedImages(root: root, classNames: classNames, labels: labels, paths: paths, metadata: metadata)
  }
}
