import Foundation

/// A lock with two conditions: that there is work for a worker, and that something is ready for the consumer.
///
/// `@unchecked Sendable`: that is what locks are for.
final class LoaderLock: @unchecked Sendable {
  /// What a thread waits for.
  enum Condition {
    case work
    case progress
  }

  // The system's types must not move in memory.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let work = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let progress = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(work, nil)
    pthread_cond_init(progress, nil)
  }

  deinit {
    pthread_cond_destroy(progress)
    pthread_cond_destroy(work)
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
    work.deallocate()
    progress.deallocate()
  }

  /// Runs `body` while no other thread holds the lock.
  func withLock<Result>(_ body: () throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body()
  }

  /// Gives the lock up until the condition is signalled, perhaps without cause. The lock must be held.
  func wait(for condition: Condition) { pthread_cond_wait(variable(condition), mutex) }

  /// The same, for a limited time.
  func wait(for condition: Condition, atMost duration: Duration) {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let nanoseconds = Int(now.tv_nsec) + Int(duration.components.attoseconds / 1_000_000_000)
    var end = timespec()
    end.tv_sec = now.tv_sec + Int(duration.components.seconds) + nanoseconds / 1_000_000_000
    end.tv_nsec = nanoseconds % 1_000_000_000
    pthread_cond_timedwait(variable(condition), mutex, &end)
  }

  /// Wakes all that wait for the condition.
  func signal(_ condition: Condition) { pthread_cond_broadcast(variable(condition)) }

  private func variable(_ condition: Condition) -> UnsafeMutablePointer<pthread_cond_t> {
    condition == .work ? work : progress
  }
}
