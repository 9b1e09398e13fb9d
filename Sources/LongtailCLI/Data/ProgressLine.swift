import Synchronization

/// A line on the terminal that counts; nothing elsewhere.
final class ProgressLine: Sendable {
  private let title: String
  private let lastPercent = Mutex(-1)

  init(_ title: String) { self.title = title }

  /// Redraws the line when another per cent is done; may be called from any thread.
  @Sendable func update(done: Int, total: Int) {
    guard Console.isInteractive, total > 0 else { return }
    let percent = done * 100 / total
    lastPercent.withLock { last in
      guard percent > last else { return }
      last = percent
      Console.errorPart("\r\(title): \(done) of \(total)")
    }
  }

  /// Removes the line.
  static func clear() {
    if Console.isInteractive { Console.errorPart("\r\u{1B}[K") }
  }
}
