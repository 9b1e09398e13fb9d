import Synchronization

/// Remarks that may come from other threads.
final class NoticeList: Sendable {
  private let list = Mutex<[String]>([])

  /// Takes one in.
  func add(_ text: String) { list.withLock { $0.append(text) } }

  /// All of them, in order.
  var texts: [String] { list.withLock { $0 } }
}
