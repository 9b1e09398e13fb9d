import FileAccess
import Foundation
import Synchronization

/// Where the tool writes: results to standard output, everything else to standard error.
///
/// Texts may hold names from files and folders: control characters other than line ends are written as escapes.
public enum Console {
  private static let failure = Mutex<OutputError?>(nil)

  /// Why standard output could not be written; nil if it could. Nothing more is written afterwards.
  static var outputFailure: OutputError? { failure.withLock { $0 } }

  /// Ends work whose results can no longer be printed.
  ///
  /// - Throws: `OutputError` once standard output could not be written.
  static func checkOutput() throws {
    if let outputFailure { throw outputFailure }
  }

  /// Whether standard error is a terminal, so that a line may be redrawn.
  static var isInteractive: Bool {
    isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  /// The width of the terminal in columns; 100 when there is none.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
    return Int(size.ws_col)
  }

  /// Writes a line to standard error.
  public static func error(_ text: String) { _ = write(escaped(text) + "\n", to: STDERR_FILENO) }

  /// Writes to standard error without ending the line, and without escapes: for what moves the cursor.
  static func errorPart(_ text: String) { _ = write(text, to: STDERR_FILENO) }

  /// Writes a line to standard output at once.
  public static func output(_ text: String) { outputPart(escaped(text) + "\n") }

  /// Writes a line of data, such as CSV: as it is where programs read it, with escapes on a terminal.
  static func output(data line: String) {
    outputPart((isatty(STDOUT_FILENO) == 1 ? escaped(line) : line) + "\n")
  }

  private static func outputPart(_ text: String) {
    guard outputFailure == nil, let code = write(text, to: STDOUT_FILENO) else { return }
    failure.withLock { $0 = OutputError(code: code) }
  }

  private static func escaped(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).escapedForDisplay }
      .joined(separator: "\n")
  }

  /// Gives the system's error number if not all could be written.
  private static func write(_ text: String, to descriptor: Int32) -> Int32? {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        bytes = bytes.dropFirst(count)
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        // A pipe that does not block is full: wait until its reader has taken something.
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&waiting, 1, -1)
      default: return errno
      }
    }
    return nil
  }
}
