import ImageCodecs

/// A folder of class folders: `<root>/<class name>/**/image`.
///
/// The class index is the rank of the folder's name in byte-wise order. Images are ordered by path, whatever the file system
/// says. Hidden files are skipped; files without an image suffix are counted in `ignoredFiles`. An empty class folder keeps its
/// index (see `emptyClasses`). Files of kinds that are not decoded (BMP, TIFF) keep their place and give an error that
/// names them when they are asked for.
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
  private let relativePaths: [String]

  /// Lists the folder; no image is opened.
  ///
  /// - Throws: `DataSourceError` if the folder cannot be read, has no class folder, or if those hold no image at all.
  public init(root: String) throws {
    let folders = try DirectoryListing(of: root).folders
    guard !folders.isEmpty else { throw DataSourceError.tooFewClasses(path: root, names: []) }
    _ = try ClassOrder.indices(of: folders, in: root)
    var (labels, paths, ignored) = ([Int](), [String](), [String]())
    for (label, name) in folders.enumerated() {
      for file in try DirectoryListing.allFiles(below: root + "/" + name) {
        guard Self.hasImageSuffix(file) else {
          ignored.append(name + "/" + file)
          continue
        }
        labels.append(label)
        paths.append(name + "/" + file)
      }
    }
    guard !paths.isEmpty else { throw DataSourceError.noImages(path: root) }
    self.root = root
    self.classNames = folders
    self.labels = labels
    self.relativePaths = paths
    self.ignoredFiles = ignored
  }

  /// The path relative to the root.
  public func name(at index: Int) -> String { relativePaths[index] }

  /// The root joined with the relative path.
  public func path(at index: Int) -> String { root + "/" + relativePaths[index] }

  static func hasImageSuffix(_ name: String) -> Bool {
    guard let dot = name.lastIndex(of: ".") else { return false }
    return suffixes.contains(name[name.index(after: dot)...].lowercased())
  }
}
