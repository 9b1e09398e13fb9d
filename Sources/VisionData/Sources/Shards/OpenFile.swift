import FileAccess

/// An open file that is read at places, from any thread; it is closed when nobody reads it any more.
final class OpenFile: Sendable {
  let path: String
  var size: Int { file.size }
  private let file: InputFile

  /// - Throws: `InputFileError`.
  init(_ path: String) throws {
    self.path = path
    file = try InputFile(path)
  }

  /// The bytes at a place; fewer only where the file ends.
  ///
  /// - Throws: `InputFileError`.
  func read(_ count: Int, at offset: Int) throws -> [UInt8] {
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
