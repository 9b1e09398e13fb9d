import ImageCodecs
import Serialization

/// Images named by a text file, one per line: the path relative to a folder, a space, the label.
///
/// The last space of a line parts path and label, so paths may hold spaces. Blank lines are skipped, `\r\n` is accepted, a path may
/// not start with a slash. Labels start at 0; a label that no line has is an empty class.
///
/// Class names come from a file with one name per line, or else from the folders: if all images of each label lie in one folder, and
/// no two labels share its name, that is the name of the class. Otherwise the names are the labels themselves.
///
/// A list whose first line ends with an image suffix has no labels: the class is the folder that holds the image, and classes are in
/// byte-wise order. Then no line may have a label.
///
/// A record takes the bytes of its file name and 16 more.
public struct ImageList: FileImageSource, PathTableImages {
  /// A bound on labels, so that one wrong line cannot take the memory.
  public static let largestLabel = 1_000_000

  /// The list.
  public let file: String
  /// The folder that paths are relative to.
  public private(set) var root: String
  /// The names of the classes.
  public let classNames: [String]
  /// The class of each image, in the order of the list.
  public let labels: [Int]
  private(set) var paths: PathTable

  /// Reads a list; no image is opened.
  ///
  /// - Parameters:
  ///   - file: the list.
  ///   - root: the folder that its paths are relative to.
  ///   - classNames: the names of the classes, when they are known; a label beyond them is an error.
  /// - Throws: `DataSourceError.badLine` with the line's number (from 1), `.emptyList`; `ImageCodecError` if the file cannot be
  ///   read.
  public init(file: String, root: String, classNames: [String]? = nil) throws {
    var lines = ListLines(file: file, classCount: classNames?.count)
    try TextLines.forEach(in: file) { number, line in
      if !line.isEmpty { try lines.append(line, number) }
    }
    guard lines.count > 0 else { throw DataSourceError.emptyList(file: file) }
    let (names, labels) = try lines.classes(stated: classNames)
    self.file = file
    self.root = root
    self.classNames = names
    self.labels = labels
    paths = lines.finishedPaths
  }

  /// Reads class names from a file, one per line.
  ///
  /// - Throws: `DataSourceError.badLine` for a blank line between names, `.duplicateClass`.
  public static func classNames(contentsOf file: String) throws -> [String] {
    var names: [String] = []
    var blank: Int?
    for (number, line) in try TextLines.read(file) {
      if line.isEmpty {
        blank = blank ?? number
      } else if let blank {
        throw DataSourceError.badLine(file: file, line: blank, problem: "no class name between names")
      } else {
        names.append(line)
      }
    }
    _ = try ClassOrder.indices(of: names, in: file)
    return names
  }

  /// The path as the list states it.
  public func name(at index: Int) -> String { paths[index] }

  /// The root joined with the relative path.
  public func path(at index: Int) -> String { root + "/" + paths[index] }

  /// Bytes of memory for paths and labels.
  public var storedBytes: Int { paths.storedBytes + MemoryLayout<Int>.stride * labels.count }

  /// Whether a line is a path without a label.
  static func isUnlabelled(_ line: String) -> Bool { ImageFolder.hasImageSuffix(line) }

  /// The same list under another root, with other paths.
  func moved(to root: String, paths: PathTable) -> ImageList {
    var list = self
    (list.root, list.paths) = (root, paths)
    return list
  }
}
