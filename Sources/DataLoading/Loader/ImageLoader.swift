import Datasets
import Foundation
import Torch

/// Reads, decodes, crops and resizes images on its own threads, a few batches ahead of the consumer.
///
/// Batches depend on source, plan and settings alone, not on the number of threads or on where the plan begins. For a file that
/// cannot be read, `next` throws an error with its name; the batches after it follow.
///
/// ```swift
/// let settings = LoaderSettings(side: 224, crop: .random(RandomCrop()), seed: seed)
/// let loader = try ImageLoader(folder, settings, plan: PlannedBatch.batches(of: order, size: 256))
/// while let batch = try loader.next() { … }
/// ```
///
/// One thread takes batches; counters may be read from any. Releasing the loader ends its threads.
public final class ImageLoader {
  /// The settings of the loader.
  public let settings: LoaderSettings
  /// The threads that read and decode.
  public let workers: Int
  private let queue: LoaderQueue
  private let imageCount: Int

  /// Starts the threads, which begin with the first batches at once.
  ///
  /// - Throws: `DataSourceError.badSetting` or `.indexOutOfRange`, `LoaderError.emptyBatch`, `TorchError` when there is no memory.
  public init(_ source: any ImageSource, _ settings: LoaderSettings, plan: [PlannedBatch] = []) throws {
    try settings.validate()
    self.settings = settings
    workers = settings.workers ?? ProcessorCount.available
    imageCount = source.count
    queue = LoaderQueue(source, settings)
    try append(plan)
    for worker in 0..<workers {
      let queue = queue
      queue.addWorker()
      let thread = Thread { queue.work(as: worker) }
      thread.name = "longtail loader \(worker)"
      thread.stackSize = 1 << 20
      thread.start()
    }
  }

  deinit { queue.cancel() }

  /// Plans more batches after those that are planned; when the next epoch is planned before the last batch of this one is taken, the
  /// threads go on without a pause.
  ///
  /// - Throws: as `init`; then nothing is planned.
  public func append(_ plan: [PlannedBatch]) throws {
    for batch in plan {
      guard !batch.indices.isEmpty else { throw LoaderError.emptyBatch(step: batch.step) }
      for (position, index) in batch.indices.enumerated() where !(0..<imageCount).contains(index) {
        throw DataSourceError.indexOutOfRange(index: index, position: position, count: imageCount)
      }
    }
    queue.append(plan)
    try openSlots()
  }

  /// The next planned batch, as soon as it is ready; nil when nothing more is planned.
  ///
  /// - Throws: `ImageCodecError` for the first image of the batch that cannot be read, with its file; `LoaderError.cancelled`.
  public func next() throws -> LoadedBatch? {
    let slot: LoaderQueue.Slot?
    do {
      slot = try queue.takeNext()
    } catch {
      try openSlots()
      throw error
    }
    try openSlots()
    guard let slot else { return nil }
    return LoadedBatch(
      step: slot.plan.step, images: try slot.images.toWithoutWaiting(settings.device), indices: slot.plan.indices)
  }

  /// What has been done and where the time went, so far.
  public var counters: LoaderCounters { queue.readCounters() }

  /// Ends the threads and waits for them; `next` throws from then on.
  public func cancel() { queue.cancel() }

  /// Memory for the batches that there is room for. It is taken on the consumer's thread, so that workers never call the engine.
  private func openSlots() throws {
    while let plan = queue.nextToOpen() {
      let images = try Tensor.empty(
        [plan.indices.count, settings.side, settings.side, 3], dtype: .uint8, isPinned: settings.device != .cpu)
      queue.open(try LoaderQueue.Slot(plan, images: images))
    }
  }
}
