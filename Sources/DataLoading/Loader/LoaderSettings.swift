import Datasets
import ImageCodecs
import Torch
import Transforms

/// Settings of a loader. Its batches depend on side, crop, seed, stream and decoding only.
public struct LoaderSettings: Sendable {
  /// Width and height of the images in pixels.
  public var side: Int
  /// Which part of an image is taken.
  public var crop: CropRule
  /// The run's seed.
  public var seed: UInt64
  /// The number of the stream within the run, below 2^24, so that two streams or stages do not repeat each other's crops.
  public var stream: Int
  /// How files become pixels.
  public var decoding: DecodingOptions
  /// Threads that read and decode; by default as many as the processor has cores.
  public var workers: Int?
  /// Batches prefetched ahead of the consumer.
  public var batchesAhead: Int
  /// The device of the batches. For a GPU they are made in pinned memory and copied asynchronously.
  public var device: Device
  /// Each time a batch has been waited for this much longer, `notice` is called.
  public var patience: Duration
  /// Called on long waits, on the waiting thread; nil for no notices.
  public var notice: (@Sendable (LoaderStall) -> Void)?

  /// The settings for squares of `side` pixels.
  public init(
    side: Int, crop: CropRule, seed: UInt64 = 0, stream: Int = 0, decoding: DecodingOptions = DecodingOptions(),
    workers: Int? = nil, batchesAhead: Int = 2, device: Device = .cpu, patience: Duration = .seconds(30),
    notice: (@Sendable (LoaderStall) -> Void)? = nil
  ) {
    self.side = side
    self.crop = crop
    self.seed = seed
    self.stream = stream
    self.decoding = decoding
    self.workers = workers
    self.batchesAhead = batchesAhead
    self.device = device
    self.patience = patience
    self.notice = notice
  }

  func validate() throws {
    func refuse(_ name: String, _ value: Any, _ expected: String) -> DataSourceError {
      .badSetting(name: name, value: "\(value)", expected: expected)
    }
    guard (1...4096).contains(side) else { throw refuse("image side", side, "1...4096 pixels") }
    if let workers, !(1...1024).contains(workers) { throw refuse("loader workers", workers, "1...1024") }
    guard (1...1024).contains(batchesAhead) else { throw refuse("batches ahead", batchesAhead, "1...1024") }
    switch crop {
    case .fixed(_, let shorterEdge):
      guard (side...65_500).contains(shorterEdge) else {
        throw refuse("shorter edge", shorterEdge, "\(side)...65500 pixels, at least the side of the square")
      }
    case .random(let crop):
      guard crop.area.lowerBound > 0, crop.area.upperBound <= 1 else {
        throw refuse("crop area", crop.area, "a range of shares above 0 and up to 1")
      }
      guard crop.ratio.lowerBound > 0, crop.ratio.upperBound.isFinite else {
        throw refuse("crop ratio", crop.ratio, "a range of positive ratios")
      }
      guard (0...1).contains(crop.flipProbability) else {
        throw refuse("flip probability", crop.flipProbability, "0...1")
      }
    }
  }
}

/// A batch that is waited for longer than the loader's patience.
public struct LoaderStall: Sendable, CustomStringConvertible {
  /// The step of the batch.
  public let step: UInt64
  /// How long it has been waited for.
  public let waited: Duration
  /// Its images that are not ready.
  public let remaining: Int
  /// The names of the images in work.
  public let inWork: [String]

  /// One line.
  public var description: String {
    "the batch of step \(step) has been waited for \(waited.components.seconds) s; \(remaining) images are missing, in work: "
      + (inWork.isEmpty ? "none" : inWork.prefix(4).joined(separator: ", "))
      + (inWork.count > 4 ? " and \(inWork.count - 4) more" : "")
  }
}
