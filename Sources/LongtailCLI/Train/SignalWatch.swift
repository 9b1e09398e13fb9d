import Foundation
import Longtail
import Synchronization

private let receivedSignal = Atomic<Int32>(0)
private let watchedStop = StopSignal()

/// Turns SIGINT, SIGTERM and SIGHUP (a lost connection) into a wish to stop.
///
/// A second SIGINT or SIGTERM ends the process at once. SIGHUP often comes twice, from the terminal and from the shell; only the first
/// counts. A signal that the process was started to ignore, as `nohup` does with SIGHUP, stays ignored.
struct SignalWatch {
  private static let watched = [SIGINT, SIGTERM, SIGHUP]
  private let replaced: [Int32]

  /// Raised by the first signal.
  var stop: StopSignal { watchedStop }
  /// The signal that came; SIGINT if none did.
  var received: Int32 {
    let number = receivedSignal.load(ordering: .relaxed)
    return number == 0 ? SIGINT : number
  }

  init() {
    var replaced: [Int32] = []
    for number in Self.watched {
      // Only atomic stores and resetting the handler: a handler may do no more.
      let former = signal(number) { number in
        receivedSignal.store(number, ordering: .relaxed)
        watchedStop.raise()
        signal(number, number == SIGHUP ? SIG_IGN : SIG_DFL)
      }
      if Self.ignores(former) { signal(number, SIG_IGN) } else { replaced.append(number) }
    }
    self.replaced = replaced
    // A parent with threads may hand down a mask that would hold these signals back for ever.
    var set = sigset_t()
    sigemptyset(&set)
    for number in replaced { sigaddset(&set, number) }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  func end() {
    for number in replaced { signal(number, SIG_DFL) }
  }

  /// Handlers are functions, which do not compare; the address that stands for "ignore" does.
  private static func ignores(_ handler: (@convention(c) (Int32) -> Void)?) -> Bool {
    unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
