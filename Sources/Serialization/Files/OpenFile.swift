import FileAccess

/// An open file that is read at places, from any thread; it is closed when nobody reads it any more.
package final class OpenFile: Sendable {
  /// The path the file was opened with.
  package let path: String
  /// The size in bytes when the file was opened.
  package var size: Int { file.size }
  private let file: InputFile

  /// Opens a regular file.
  ///
  /// - Throws: `InputFileError`.
  package init(_ path: String) throws {
    self.path = path
    file = try InputFile(path)
  }

  /// The bytes at a place; fewer only where the file ends.
  ///
  /// - Throws: `InputFileError`.
  package func read(_ count: Int, at offset: Int) throws -> [UInt8] {
    var failure: InputFileError?
    let bytes = [UInt8](unsafeUninitializedCapacity: max(count, 0)) { buffer, filled in
      do throws(InputFileError) {
        filled = try file.read(
          at: offset,
          into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<max(count, 0)]))
      } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }
}
