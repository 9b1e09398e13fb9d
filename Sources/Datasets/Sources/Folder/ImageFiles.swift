import FileAccess
import ImageCodecs

/// Images without classes: files that are named one by one, and all images below folders.
public struct ImageFiles: FileImageSource {
  /// One name for all.
  public let classNames = ["image"]
  /// All 0.
  public let labels: [Int]
  /// Files in the folders that are no images.
  public let leftOut: LeftOutFiles
  /// One sentence for each kind of skipped files.
  public let notes: [String]
  private let paths: [String]

  /// Finds the images; none is decoded. A file that is named is taken as it is, whatever its suffix.
  ///
  /// - Throws: `InputFileError` for what is neither a file nor a folder; `DataSourceError` for a folder that cannot be read or where
  ///   nothing is an image.
  public init(_ names: [String]) throws {
    var (paths, leftOut, notes): ([String], LeftOutFiles, [String]) = ([], LeftOutFiles(), [])
    for name in names {
      guard FileKind(of: name) == .folder else {
        // Opened, so that a pipe or a file without permission is reported at once.
        _ = try InputFile(name)
        paths.append(name)
        continue
      }
      let scan = try FolderScan(name)
      guard scan.names.count > 0 else { throw DataSourceError.noImageFiles(path: name, leftOut: scan.leftOut) }
      paths += scan.names.sortedOrder().map { name + "/" + scan.names[$0] }
      leftOut.add(scan.leftOut, below: name + "/")
      notes += scan.leftOut.notes(of: name)
    }
    self.paths = paths
    self.leftOut = leftOut
    self.notes = notes
    labels = Array(repeating: 0, count: paths.count)
  }

  /// The path, as it was named or found.
  public func name(at index: Int) -> String { paths[index] }

  /// The path.
  public func path(at index: Int) -> String { paths[index] }
}
