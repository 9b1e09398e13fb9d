import ImageCodecs

/// A folder of class folders: `<root>/<class name>/**/image`.
///
/// The class index is the rank of the folder's name in byte-wise order. Images are ordered by path, whatever the file system
/// says. Hidden files are skipped; files without an image suffix are counted in `ignoredFiles`. An empty class folder keeps its
/// index (see `emptyClasses`). Files of kinds that are not decoded (BMP, TIFF) keep their place and give an error that
/// names them when they are asked for.
///
/// A record takes the bytes of its file name and 16 more.
public struct ImageFolder: FileImageSource {
  /// The suffixes that mark an image, compared without case.
  public static let suffixes = ["jpg", "jpeg", "png", "bmp", "webp", "tif", "tiff"]

  /// The folder of class folders.
  public let root: String
  /// The names of the class folders.
  public let classNames: [String]
  /// The class of each image.
  public let labels: [Int]
  /// Visible files without an image suffix inside class folders.
  public let ignoredFiles: [String]
  private let paths: PathTable

  /// Lists the folder; no image is opened.
  ///
  /// - Throws: `DataSourceError` if the folder cannot be read, has no class folder, or if those hold no image at all.
  public init(root: String) throws {
    let folders = try DirectoryListing(of: root).folders
    guard !folders.isEmpty else { throw DataSourceError.tooFewClasses(path: root, names: []) }
    _ = try ClassOrder.indices(of: folders, in: root)
    var (labels, paths, ignored) = ([Int](), PathTable(), [String]())
    for (label, name) in folders.enumerated() {
      let files = try FolderScan(root + "/" + name, prefix: name + "/").names
      for index in files.sortedOrder() {
        try files.withText(index) { path in
          guard ByteText.hasImageSuffix(path) else { return ignored.append(String(decoding: path, as: UTF8.self)) }
          labels.append(label)
          try paths.append(path)
        }
      }
    }
    paths.finish()
    guard paths.count > 0 else { throw DataSourceError.noImages(path: root) }
    self.root = root
    self.classNames = folders
    self.labels = labels
    self.paths = paths
    self.ignoredFiles = ignored
  }

  /// The path relative to the root.
  public func name(at index: Int) -> String { paths[index] }

  /// The root joined with the relative path.
  public func path(at index: Int) -> String { root + "/" + paths[index] }

  /// Bytes of memory for paths and labels.
  public var storedBytes: Int { paths.storedBytes + MemoryLayout<Int>.stride * labels.count }

  static func hasImageSuffix(_ name: String) -> Bool {
    var name = name
    return name.withUTF8 { ByteText.hasImageSuffix($0) }
  }
}
