import Foundation

/// Standard output could not be written.
struct OutputError: Error, CustomStringConvertible {
  /// The system's error number.
  let code: Int32

  /// Whether the reader of a pipe has gone, as `head` does when it has enough; nobody needs to be told.
  var isClosedPipe: Bool { code == EPIPE }

  /// What a shell sees: as of a program that the closed pipe has ended, or 2.
  var exitCode: Int32 { isClosedPipe ? 128 + SIGPIPE : 2 }

  var description: String {
    "standard output: cannot be written: \(String(cString: strerror(code))); what was printed is not complete"
  }
}
