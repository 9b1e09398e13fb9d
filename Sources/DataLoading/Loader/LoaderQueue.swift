import Datasets
import ImageCodecs
import Torch
import Transforms

/// The state that the threads of a loader share: the plan, the batches in work, and the counters.
///
/// Workers take images in the order of the plan and write each to its position in the batch; the result does not depend on which worker
/// takes which image.
///
/// `@unchecked Sendable`: everything that changes is guarded by `lock`, except pixels, which only the worker of an image writes.
final class LoaderQueue: @unchecked Sendable {
  /// A batch in work.
  final class Slot {
    let plan: PlannedBatch
    let images: Tensor
    let pixels: UnsafeMutablePointer<UInt8>
    /// Images that no worker has taken.
    var next = 0
    /// Images that are not finished.
    var remaining: Int
    /// The failure of the first image that failed, in the order of the batch.
    var failure: (position: Int, error: any Error)?

    init(_ plan: PlannedBatch, images: Tensor) throws {
      self.plan = plan
      self.images = images
      remaining = plan.indices.count
      pixels = try images.withMutableHostBytes {
        guard let start = $0.bindMemory(to: UInt8.self).baseAddress else {
          preconditionFailure("a batch has images")
        }
        return start
      }
    }
  }

  let lock = LoaderLock()
  private let source: any ImageSource
  private let settings: LoaderSettings
  private var planned: [PlannedBatch] = []
  private var plannedStart = 0
  private var slots: [Slot] = []
  private var isCancelled = false
  private var runningWorkers = 0
  private var inWork: [Int: Int] = [:]  // worker to image
  private(set) var counters = LoaderCounters()

  init(_ source: any ImageSource, _ settings: LoaderSettings) {
    self.source = source
    self.settings = settings
  }

  // MARK: the consumer's side

  /// The next batches, after those that are planned already.
  func append(_ batches: [PlannedBatch]) {
    lock.withLock {
      planned.removeFirst(plannedStart)
      plannedStart = 0
      planned += batches
    }
  }

  /// The plan of the next batch to open, when there is room for one.
  func nextToOpen() -> PlannedBatch? {
    lock.withLock {
      slots.count < settings.batchesAhead && plannedStart < planned.count ? planned[plannedStart] : nil
    }
  }

  /// Gives the next planned batch its memory, so that workers can begin with it.
  func open(_ slot: Slot) {
    lock.withLock {
      plannedStart += 1
      slots.append(slot)
      lock.signal(.work)
    }
  }

  /// Waits until the next batch is complete and takes it out; nil when nothing more is planned.
  ///
  /// - Throws: the failure of its first image that failed; `LoaderError.cancelled`.
  func takeNext() throws -> Slot? {
    try lock.withLock {
      guard !isCancelled else { throw LoaderError.cancelled }
      guard let slot = slots.first else { return nil }
      let start = ContinuousClock.now
      var notices = 1
      while slot.remaining > 0 && !isCancelled {
        lock.wait(for: .progress, atMost: settings.patience)
        let waited = start.duration(to: .now)
        if slot.remaining > 0, waited >= settings.patience * notices {
          notices += 1
          settings.notice?(stall(slot, waited))
        }
      }
      counters.waitingForImages += start.duration(to: .now).seconds
      guard !isCancelled else { throw LoaderError.cancelled }
      slots.removeFirst()
      counters.batches += 1
      if let failure = slot.failure { throw failure.error }
      return slot
    }
  }

  private func stall(_ slot: Slot, _ waited: Duration) -> LoaderStall {
    LoaderStall(
      step: slot.plan.step, waited: waited, remaining: slot.remaining,
      inWork: inWork.sorted { $0.key < $1.key }.map { source.name(at: $0.value) })
  }

  /// Tells the workers to end and waits until they have. An image in work is finished first.
  func cancel() {
    lock.withLock {
      isCancelled = true
      lock.signal(.work)
      lock.signal(.progress)
      while runningWorkers > 0 { lock.wait(for: .progress) }
      slots = []
    }
  }

  /// The counters so far.
  func readCounters() -> LoaderCounters { lock.withLock { counters } }

  // MARK: the workers' side

  /// Counts a worker before its thread begins, so that `cancel` waits for it.
  func addWorker() { lock.withLock { runningWorkers += 1 } }

  /// The loop of a worker thread.
  func work(as worker: Int) {
    let renderer = CropRenderer(source, options: settings.decoding)
    var reported = RenderTimes()
    while let (slot, position) = takeImage(worker) {
      let failure = render(position, of: slot, renderer)
      finish(position, of: slot, worker, failure, renderer.times, &reported)
    }
    lock.withLock {
      runningWorkers -= 1
      lock.signal(.progress)
    }
  }

  /// The next image to make: its batch and the position in it; nil after `cancel`.
  private func takeImage(_ worker: Int) -> (slot: Slot, position: Int)? {
    lock.withLock {
      while !isCancelled {
        if let slot = slots.first(where: { $0.next < $0.plan.indices.count }) {
          let position = slot.next
          slot.next += 1
          inWork[worker] = slot.plan.indices[position]
          return (slot, position)
        }
        let isFull = plannedStart < planned.count
        let start = ContinuousClock.now
        lock.wait(for: .work)
        if isFull { counters.waitingForRoom += start.duration(to: .now).seconds }
      }
      return nil
    }
  }

  private func render(_ position: Int, of slot: Slot, _ renderer: CropRenderer) -> (any Error)? {
    let size = settings.side * settings.side * 3
    let plan = slot.plan
    let target = UnsafeMutableBufferPointer(start: slot.pixels + position * size, count: size)
    let draw = CropDraw(
      seed: settings.seed, stream: settings.stream, step: plan.step, position: plan.firstPosition + position)
    do {
      try renderer.render(plan.indices[position], crop: settings.crop, side: settings.side, draw: draw, into: target)
      return nil
    } catch {
      return error
    }
  }

  private func finish(
    _ position: Int, of slot: Slot, _ worker: Int, _ failure: (any Error)?, _ times: RenderTimes,
    _ reported: inout RenderTimes
  ) {
    lock.withLock {
      if let failure, position < slot.failure?.position ?? .max { slot.failure = (position, failure) }
      slot.remaining -= 1
      inWork[worker] = nil
      counters.images += 1
      counters.read += (times.read - reported.read).seconds
      counters.decode += (times.decode - reported.decode).seconds
      counters.resample += (times.resample - reported.resample).seconds
      if slot.remaining == 0 { lock.signal(.progress) }
    }
    reported = times
  }
}
