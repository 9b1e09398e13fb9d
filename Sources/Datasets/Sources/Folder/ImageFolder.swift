import FileAccess
import ImageCodecs
import Serialization

/// A folder of class folders: `<root>/<class name>/**/image`.
///
/// The class index is the rank of the folder's name in byte-wise order. Images are ordered by path, whatever the file system
/// says. Links are followed. What is no image is counted in `leftOut`, by reason. An empty class folder keeps its index (see
/// `emptyClasses`). An image that turns out not to be decodable keeps its index and gives an error that names it when it is read.
///
/// A record takes the bytes of its file name and 16 more.
public struct ImageFolder: FileImageSource {
  /// The suffixes that mark an image, compared without case. Files with unknown suffixes are judged by their first bytes.
  public static let suffixes = ImageFileName.imageSuffixes

  /// The folder of class folders.
  public let root: String
  /// The names of the class folders.
  public let classNames: [String]
  /// The class of each image.
  public let labels: [Int]
  /// Files in the folder that are no images of a class.
  public let leftOut: LeftOutFiles
  private let paths: PathTable

  /// Lists the folder; no image is opened.
  ///
  /// - Throws: `DataSourceError` if the folder cannot be read, has no class folder, or if those hold no image at all.
  public init(root: String) throws {
    let listing = try DirectoryListing(of: root)
    let folders = listing.folders
    guard !folders.isEmpty else { throw DataSourceError.tooFewClasses(path: root, names: []) }
    _ = try ClassOrder.indices(of: folders, in: root)
    var (labels, paths, leftOut) = ([Int](), PathTable(), listing.leftOut)
    for file in listing.files where ImageFileName.kind(of: file) == .image { leftOut.add(.besideFolders, file) }
    for (label, name) in folders.enumerated() {
      let scan = try FolderScan(root + "/" + name, prefix: name + "/", above: root)
      for index in scan.names.sortedOrder() {
        labels.append(label)
        try scan.names.withText(index) { try paths.append($0) }
      }
      leftOut.add(scan.leftOut)
    }
    paths.finish()
    guard paths.count > 0 else { throw DataSourceError.noImages(path: root, leftOut: leftOut) }
    self.root = root
    self.classNames = folders
    self.labels = labels
    self.paths = paths
    self.leftOut = leftOut
  }

  /// The path relative to the root.
  public func name(at index: Int) -> String { paths[index] }

  /// The root joined with the relative path.
  public func path(at index: Int) -> String { root + "/" + paths[index] }

  /// Bytes of memory for paths and labels.
  public var storedBytes: Int { paths.storedBytes + MemoryLayout<Int>.stride * labels.count }

  static func hasImageSuffix(_ name: String) -> Bool {
    var name = name
    return name.withUTF8 { ImageFileName.isImage($0) }
  }
}
