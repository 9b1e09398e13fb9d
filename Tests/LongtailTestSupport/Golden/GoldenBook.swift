import Foundation

/// A file of golden cases.
struct GoldenBook {
  /// File name without `.json`.
  let name: String
  let cases: [GoldenValue]

  /// Reads a book.
  ///
  /// - Throws: ``GoldenCaseError`` when the file is no book, and what reading and decoding throw.
  init(contentsOf file: URL) throws {
    name = file.deletingPathExtension().lastPathComponent
    let value = try JSONDecoder().decode(GoldenValue.self, from: Data(contentsOf: file))
    guard let fields = value.object, let cases = fields["cases"]?.list else {
      throw GoldenCaseError("is no object with a list \"cases\"")
    }
    let unknown = Set(fields.keys).subtracting(["source", "cases"]).sorted()
    guard unknown.isEmpty else { throw GoldenCaseError("has the unknown field \(quoted(unknown))") }
    self.cases = cases
  }

  /// The books of a folder, sorted by file name: every `.json` file, nothing else.
  static func files(in folder: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "json" }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
  }
}
