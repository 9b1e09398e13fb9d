import Serialization

/// The text files of a bird archive: an identifier at the start of each line, followed by its values.
struct BirdFiles {
  let folder: String

  func path(_ name: String) -> String { folder + "/" + name }

  /// Calls `body` with the identifier and the rest of each line.
  func forEach(
    in name: String, _ body: (Int, UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) throws -> Void
  ) throws {
    guard DirectoryListing.isFile(path(name)) else { throw DataSourceError.missing(path: path(name)) }
    try TextLines.forEach(in: path(name)) { number, line in
      guard !line.isEmpty else { return }
      guard let space = line.firstIndex(where: { $0 == 0x20 || $0 == 0x09 }), space > 0 else {
        throw problem(name, number, "expected an identifier, a space and a value")
      }
      let rest = ByteText.trimming(UnsafeBufferPointer(rebasing: line[space...]))
      try body(number, UnsafeBufferPointer(rebasing: line[..<space]), rest)
    }
  }

  /// Identifier to rest of line; a duplicate is an error.
  func table(_ name: String) throws -> [String: String] {
    var table: [String: String] = [:]
    try forEach(in: name) { number, id, rest in
      let id = String(decoding: id, as: UTF8.self)
      guard table.updateValue(String(decoding: rest, as: UTF8.self), forKey: id) == nil else {
        throw problem(name, number, "'\(id)' stands twice")
      }
    }
    return table
  }

  /// The names of some classes; one that several share gets its number behind it.
  func classNames(of ids: [String]) throws -> [String] {
    let table = try table("classes.txt")
    let names = try ids.map { id in
      guard let name = table[id], !name.isEmpty else {
        throw DataSourceError.malformed(
          file: path("classes.txt"), place: "class \(id)", problem: "images have this class, but it has no name")
      }
      return name
    }
    let counts = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
    return zip(names, ids).map { name, id in counts[name] == 1 ? name : "\(name) (\(id))" }
  }

  func problem(_ name: String, _ line: Int, _ text: String) -> DataSourceError {
    .malformed(file: path(name), place: "line \(line)", problem: text)
  }
}
