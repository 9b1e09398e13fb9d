import Foundation

/// A file mapped read-only into memory.
///
/// Pages are read when they are touched. Files of this package are replaced by renaming, never rewritten in place, so a
/// map stays valid when its file is replaced.
///
/// `@unchecked Sendable`: the memory is never written and lives as long as the object.
public final class MappedFile: @unchecked Sendable {
  /// The path the file was opened with.
  public let path: String
  /// The whole file.
  public let bytes: UnsafeRawBufferPointer

  /// Maps the file.
  ///
  /// - Throws: `CheckpointError.cannotRead` if it is missing, is a folder, or cannot be mapped.
  public init(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw CheckpointError.cannotRead(path: path, reason: systemMessage()) }
    defer { close(descriptor) }
    var information = stat()
    guard fstat(descriptor, &information) == 0 else {
      throw CheckpointError.cannotRead(path: path, reason: systemMessage())
    }
    guard information.st_mode & S_IFMT == S_IFREG else {
      throw CheckpointError.cannotRead(path: path, reason: "it is not a file")
    }
    self.path = path
    let count = Int(information.st_size)
    guard count > 0 else {
      self.bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
      throw CheckpointError.cannotRead(path: path, reason: systemMessage())
    }
    self.bytes = UnsafeRawBufferPointer(start: start, count: count)
  }

  deinit {
    if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
  }

  /// The size of the file in bytes.
  public var count: Int { bytes.count }
}

/// The message of the last failed system call.
func systemMessage(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }
