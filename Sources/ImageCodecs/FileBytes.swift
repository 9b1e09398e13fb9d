import FileAccess

/// Reads files. They are not memory-mapped: if another program truncates a mapped file, this process is killed.
package enum FileBytes {
  /// All bytes of a regular file.
  ///
  /// - Throws: `ImageCodecError` with `.missing`, `.unreadable` (also for folders, pipes and devices) or `.tooLarge`.
  package static func read(_ path: String, limit: Int = .max) throws -> [UInt8] {
    try read(path, limit: limit, first: .max)
  }

  /// The first `first` bytes of a regular file, or all if it is shorter.
  package static func read(_ path: String, limit: Int = .max, first: Int) throws -> [UInt8] {
    do {
      return try InputFile(path).bytes(limit: limit, first: first)
    } catch {
      throw ImageCodecError(error)
    }
  }

  /// Passes the first `size` bytes of a file to `use` in chunks of `partSize` (the last one may be shorter).
  ///
  /// - Throws: `ImageCodecError` as `read` does, also when the file is shorter; errors of `use`.
  package static func readParts(
    _ path: String, size: Int, partSize: Int, use: (UnsafeBufferPointer<UInt8>) throws -> Void
  ) throws {
    let file = try open(path)
    let part = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(min(size, partSize), 1))
    defer { part.deallocate() }
    var position = 0
    while position < size {
      let wanted = UnsafeMutableBufferPointer(rebasing: part[..<min(size - position, part.count)])
      let count: Int
      do {
        count = try file.read(at: position, into: UnsafeMutableRawBufferPointer(wanted))
      } catch {
        throw ImageCodecError(error)
      }
      guard count == wanted.count else {
        let rest = size - position
        throw ImageCodecError(name: path, reason: .unreadable("the file ends \(rest) bytes too early"))
      }
      try use(UnsafeBufferPointer(wanted))
      position += count
    }
  }

  /// The size of a regular file in bytes.
  package static func size(_ path: String) throws -> Int {
    do {
      return try FileIdentity(of: path).size
    } catch {
      throw ImageCodecError(error)
    }
  }

  /// Opens a regular file.
  static func open(_ path: String) throws -> InputFile {
    do {
      return try InputFile(path)
    } catch {
      throw ImageCodecError(error)
    }
  }
}

extension ImageCodecError {
  /// The error of a file that cannot be read.
  init(_ error: InputFileError) {
    let reason: Reason =
      switch error.reason {
      case .missing, .emptyPath: .missing
      case .tooLarge: .tooLarge(error.explanation)
      default: .unreadable(error.explanation)
      }
    self.init(name: error.path, reason: reason)
  }
}
