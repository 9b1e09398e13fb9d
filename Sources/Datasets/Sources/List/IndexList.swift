import Foundation
import ImageCodecs
import Serialization

/// Text files that name a part of a data set: indices, one per line, or images as `path label`.
public enum IndexList {
  /// Reads indices, one per line; blank lines are skipped.
  ///
  /// - Throws: `DataSourceError.badLine` with the line's number.
  public static func read(_ file: String) throws -> [Int] {
    try TextLines.read(file).filter { !$0.text.isEmpty }.map { number, text in
      guard let index = ByteText.plainNumber(text) else {
        throw DataSourceError.badIndexLine(file: file, line: number, text: text)
      }
      return index
    }
  }

  /// Writes indices, one per line.
  ///
  /// - Throws: `DataSourceError.exists` if there is such a file already, `.unwritable`.
  public static func write(_ indices: [Int], to file: String) throws {
    try NewFile.write(indices.map { "\($0)\n" }.joined(), to: file)
  }

  /// Writes the images at these indices as `path label` lines.
  ///
  /// - Parameters:
  ///   - indices: which images, in which order.
  ///   - source: where they are; its `name(at:)` is the path.
  ///   - prefix: put before each path, such as `train/`.
  ///   - file: the list to write.
  /// - Throws: `DataSourceError.exists`, `.unwritable`, `.indexOutOfRange`, or `.badSetting` for a name that holds a line break.
  public static func writeImages(
    at indices: [Int], of source: any ImageSource, prefix: String = "", to file: String
  ) throws {
    let labels = source.labels
    let lines = try indices.enumerated().map { position, index in
      guard labels.indices.contains(index) else {
        throw DataSourceError.indexOutOfRange(index: index, position: position, count: labels.count)
      }
      let name = prefix + source.name(at: index)
      guard !name.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D }) else {
        throw DataSourceError.badSetting(name: "file name", value: "'\(name)'", expected: "a name without line breaks")
      }
      return "\(name) \(labels[index])\n"
    }
    try NewFile.write(lines.joined(), to: file)
  }

  /// Reads a part of a source: indices, or `path label` lines whose paths (after `prefix`) are names of the source.
  ///
  /// - Throws: `DataSourceError.badLine` for a line that is neither, that names no image, or whose label is another.
  public static func select(_ file: String, from source: any ImageSource, prefix: String = "") throws -> SelectedImages
  {
    let lines = try TextLines.read(file).filter { !$0.text.isEmpty }
    guard let first = lines.first else { throw DataSourceError.emptyList(file: file) }
    if ByteText.plainNumber(first.text) != nil { return try SelectedImages(source, indices: read(file)) }
    let labels = source.labels
    var positions = [String: Int](minimumCapacity: labels.count)
    for index in labels.indices { positions[source.name(at: index)] = index }
    let indices = try lines.map { number, text in
      func problem(_ text: String) -> DataSourceError { .badLine(file: file, line: number, problem: text) }
      let (path, label) = try parts(of: text, orThrow: problem)
      let name = path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
      guard let index = positions[name] else { throw problem("'\(path)' is not among the training images") }
      guard label ?? labels[index] == labels[index] else {
        throw problem("not the label of '\(path)', which is \(labels[index])")
      }
      return index
    }
    return try SelectedImages(source, indices: indices)
  }

  /// Path and label of a line; a line that ends with an image suffix has no label.
  private static func parts(
    of line: String, orThrow problem: (String) -> DataSourceError
  ) throws -> (path: String, label: Int?) {
    if ImageList.isUnlabelled(line) { return (line, nil) }
    guard let space = line.lastIndex(of: " "),
      let label = ByteText.plainNumber(String(line[line.index(after: space)...]))
    else {
      throw problem("no label at the end")
    }
    return (String(line[..<space]), label)
  }
}

extension DataSourceError {
  fileprivate static func badIndexLine(file: String, line: Int, text: String) -> DataSourceError {
    .badSetting(name: "\(file):\(line)", value: "'\(text)'", expected: "one index (0, 1, 2, ...) a line")
  }
}
