import ImageCodecs

/// Images named by a text file, one a line: the path relative to a folder, a space, the label.
///
/// The last space of a line parts path and label, so paths may hold spaces. Blank lines are skipped, `\r\n` is accepted, a path may
/// not start with a slash. Labels start at 0; a label that no line has is an empty class.
///
/// Class names come from a file with one name a line, or else from the folders: if all images of each label lie in one folder, and
/// no two labels share its name, that is the name of the class. Otherwise the names are the labels themselves.
///
/// A list whose first line ends with an image suffix has no labels: the class is the folder that holds the image, and classes are in
/// byte-wise order. Then no line may have a label.
public struct ImageList: FileImageSource {
  /// A bound on labels, so that one wrong line cannot take the memory.
  public static let largestLabel = 1_000_000

  /// The list.
  public let file: String
  /// The folder that paths are relative to.
  public let root: String
  /// The names of the classes.
  public let classNames: [String]
  /// The class of each image, in the order of the list.
  public let labels: [Int]
  private let relativePaths: [String]

  /// Reads a list; no image is opened.
  ///
  /// - Parameters:
  ///   - file: the list.
  ///   - root: the folder that its paths are relative to.
  ///   - classNames: the names of the classes, when they are known; a label beyond them is an error.
  /// - Throws: `DataSourceError.badLine` with the line's number (from 1), `.emptyList`; `ImageCodecError` if the file cannot be
  ///   read.
  public init(file: String, root: String, classNames: [String]? = nil) throws {
    let lines = try TextLines.read(file).filter { !$0.text.isEmpty }
    guard let first = lines.first else { throw DataSourceError.emptyList(file: file) }
    let reader = LineReader(file: file)
    let entries: [Entry]
    if Self.isUnlabelled(first.text) {
      (entries, self.classNames) = try reader.unlabelled(lines, classNames: classNames)
    } else {
      entries = try reader.labelled(lines, classCount: classNames?.count)
      self.classNames = classNames ?? Self.names(of: entries)
    }
    self.file = file
    self.root = root
    self.labels = entries.map(\.label)
    self.relativePaths = entries.map(\.path)
  }

  /// Reads class names from a file, one a line.
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
  public func name(at index: Int) -> String { relativePaths[index] }

  /// The root joined with the relative path.
  public func path(at index: Int) -> String { root + "/" + relativePaths[index] }

  /// Whether a line is a path without a label.
  static func isUnlabelled(_ line: String) -> Bool { ImageFolder.hasImageSuffix(line) }

  fileprivate typealias Entry = (path: String, label: Int)

  private static func names(of entries: [Entry]) -> [String] {
    let classCount = (entries.map(\.label).max() ?? -1) + 1
    let numbers = (0..<classCount).map(String.init)
    var folders = [Substring?](repeating: nil, count: classCount)
    for (path, label) in entries {
      guard let folder = folder(of: path) else { return numbers }
      guard folders[label] == nil || folders[label] == folder else { return numbers }
      folders[label] = folder
    }
    guard Set(folders.compactMap(\.self)).count == folders.compactMap(\.self).count else { return numbers }
    return zip(folders, numbers).map { folder, number in folder.map(String.init) ?? number }
  }

  /// The name of the folder that holds an image.
  fileprivate static func folder(of path: String) -> Substring? { path.split(separator: "/").dropLast().last }
}

/// Takes the lines of a list apart; errors name the file and the line.
private struct LineReader {
  let file: String

  func labelled(_ lines: [(number: Int, text: String)], classCount: Int?) throws -> [ImageList.Entry] {
    try lines.map { number, line in
      guard let space = line.lastIndex(of: " ") else { throw problem(number, "no space between path and label") }
      let path = String(line[..<space].reversed().drop { $0 == " " }.reversed())
      let text = line[line.index(after: space)...]
      guard let label = Int(text), label >= 0 else {
        throw problem(number, "label '\(text)' is not a whole number from 0 on")
      }
      guard label <= ImageList.largestLabel else {
        throw problem(number, "label \(label) is above \(ImageList.largestLabel)")
      }
      try check(path, number)
      if let classCount, label >= classCount {
        throw problem(number, "label \(label), but there are \(classCount) classes (0...\(classCount - 1))")
      }
      return (path, label)
    }
  }

  func unlabelled(
    _ lines: [(number: Int, text: String)], classNames: [String]?
  ) throws -> (entries: [ImageList.Entry], classNames: [String]) {
    let folders = try lines.map { number, line in
      guard ImageList.isUnlabelled(line) else {
        throw problem(number, "'\(line)' does not end with an image suffix, but the first line has no label")
      }
      try check(line, number)
      guard let folder = ImageList.folder(of: line) else {
        throw problem(number, "'\(line)' has neither a label nor a folder that tells its class")
      }
      return String(folder)
    }
    let names = classNames ?? Set(folders).sorted(by: ClassOrder.precedes)
    let indices = try ClassOrder.indices(of: names, in: file)
    let entries = try zip(lines, folders).map { line, folder in
      guard let label = indices[folder] else { throw problem(line.number, "'\(folder)' is not among the classes") }
      return (path: line.text, label: label)
    }
    return (entries, names)
  }

  private func check(_ path: String, _ number: Int) throws {
    guard !path.isEmpty else { throw problem(number, "no path before the label") }
    guard !path.hasPrefix("/") else { throw problem(number, "the path '\(path)' starts with a slash") }
  }

  private func problem(_ line: Int, _ text: String) -> DataSourceError {
    .badLine(file: file, line: line, problem: text)
  }
}
