import FileAccess
import Foundation

/// All bytes of a regular file, in memory.
///
/// The file is read, not mapped: when another program truncates a mapped file, accessing it ends the process by a signal, while reading
/// throws an error. Later changes of the file do not change the contents.
///
/// `@unchecked Sendable`: the memory is written in the initialiser alone and lives as long as the object.
public final class FileContents: @unchecked Sendable {
  /// The path the file was opened with.
  public let path: String
  /// The whole file.
  public let bytes: UnsafeRawBufferPointer

  /// Reads the file.
  ///
  /// - Throws: `SerializationError.cannotRead` if it is missing, is no regular file, is truncated while it is read, or does not fit into memory.
  public init(_ path: String) throws {
    let file = try InputFile.opened(path)
    self.path = path
    let count = file.size
    guard count > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard UInt64(count) <= ProcessInfo.processInfo.physicalMemory, let memory = malloc(count) else {
      throw SerializationError.cannotRead(
        path: path, reason: "its \(count) bytes do not fit into the memory of this machine")
    }
    do throws(InputFileError) {
      let got = try file.read(at: 0, into: UnsafeMutableRawBufferPointer(start: memory, count: count))
      guard got == count else {
        throw InputFileError(path: path, reason: .shortened(read: got, expected: count))
      }
    } catch {
      free(memory)
      throw SerializationError(error)
    }
    bytes = UnsafeRawBufferPointer(start: memory, count: count)
  }

  deinit { free(UnsafeMutableRawPointer(mutating: bytes.baseAddress)) }

  /// The size of the file in bytes.
  public var count: Int { bytes.count }
}

extension InputFile {
  /// Opens a regular file; what fails is a `SerializationError`.
  static func opened(_ path: String) throws(SerializationError) -> InputFile {
    do throws(InputFileError) { return try InputFile(path) } catch { throw SerializationError(error) }
  }
}

extension SerializationError {
  /// Why a file of a run or of weights cannot be read.
  public init(_ error: InputFileError) { self = .cannotRead(path: error.path, reason: error.explanation) }
}

/// The message of the last failed system call.
func systemMessage(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }
