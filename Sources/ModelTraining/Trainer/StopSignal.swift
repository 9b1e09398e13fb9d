import Synchronization

/// A wish to stop, which may come from a signal handler or another thread. Training finishes its step, saves, and ends.
public final class StopSignal: Sendable {
  private let wished = Atomic<Bool>(false)

  /// Makes a signal that nobody has raised.
  public init() {}

  /// Asks the run to stop.
  public func raise() { wished.store(true, ordering: .relaxed) }

  /// Whether the run should stop.
  public var isRaised: Bool { wished.load(ordering: .relaxed) }
}
