import Foundation
import Longtail
import Synchronization

private let receivedSignal = Atomic<Int32>(0)
private let watchedStop = StopSignal()

/// Turns SIGINT and SIGTERM into a wish to stop; a second one ends the process at once.
struct SignalWatch {
  /// Raised by the first signal.
  var stop: StopSignal { watchedStop }
  /// The signal that came; SIGINT if none did.
  var received: Int32 {
    let number = receivedSignal.load(ordering: .relaxed)
    return number == 0 ? SIGINT : number
  }

  init() {
    for number in [SIGINT, SIGTERM] {
      // Only atomic stores and resetting the handler: a handler may do no more.
      signal(number) { number in
        receivedSignal.store(number, ordering: .relaxed)
        watchedStop.raise()
        signal(number, SIG_DFL)
      }
    }
  }

  func end() {
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
  }
}
