import Foundation

/// Where the tool writes: results to standard output, everything else to standard error.
enum Console {
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
  static func error(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

  /// Writes to standard error without ending the line.
  static func errorPart(_ text: String) { write(text, to: STDERR_FILENO) }

  /// Writes a line to standard output at once.
  static func output(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

  private static func write(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      // A closed pipe has no reader to tell.
      if count <= 0 { return }
      bytes = bytes.dropFirst(count)
    }
  }
}
