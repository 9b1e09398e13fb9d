import Synchronization

/// A request to stop, which may come from a signal handler or another thread. Training finishes its step, saves, and ends.
public final class StopSignal: Sendable {
  private let raised = Atomic<Bool>(false)

  /// Makes a signal that is not raised.
  public init() {}

  /// Asks the run to stop.
  public func raise() { raised.store(true, ordering: .relaxed) }

  /// Whether the run should stop.
  public var isRaised: Bool { raised.load(ordering: .relaxed) }
}
