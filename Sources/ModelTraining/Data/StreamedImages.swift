import DataLoading
import Datasets
import Torch
import Transforms

/// Images that are read from files while the run needs them: for sets that do not fit into memory, and for crops that need more of an image
/// than the network sees.
public struct StreamedImages: TrainingImages, @unchecked Sendable {
  /// Where they come from.
  public let source: any ImageSource
  /// The width and height of each image as the network gets it, in pixels.
  public let side: Int
  /// The length that shorter edges are resized to before the square is cropped, in pixels.
  public let shorterEdge: Int
  /// Where squares are cropped when nothing is random.
  public let cropPosition: CropPosition
  /// Where batches are wanted.
  public let device: Device
  /// Threads that read and decode; nil for one per core.
  public let workers: Int?
  /// Called when training has waited long for a batch.
  public let notice: (@Sendable (String) -> Void)?
  /// The class of each image, int64 `[count]`, on the device.
  public let labels: Tensor
  /// The labels on the processor.
  public let hostLabels: [Int32]

  /// The number of images.
  public var count: Int { hostLabels.count }

  /// Reads nothing yet.
  public init(
    _ source: any ImageSource, preprocessing: Preprocessing, on device: Device, workers: Int? = nil,
    cropPosition: CropPosition = .middle, notice: (@Sendable (String) -> Void)? = nil
  ) throws {
    self.source = source
    side = preprocessing.inputSize
    shorterEdge = preprocessing.shorterEdge
    self.device = device
    self.cropPosition = cropPosition
    self.notice = notice
    self.workers = workers
    hostLabels = source.labels.map(Int32.init)
    labels = try Tensor(source.labels, on: device)
  }

  /// Always nil.
  public var residentPixels: Tensor? { nil }

  /// A loader that reads ahead of the training.
  public func loader(ofView view: Int, plan: BatchPlan, usesFixedStorage: Bool) -> ViewLoader? {
    ViewLoader(self, plan, number: view, usesFixedStorage: usesFixedStorage)
  }

  /// Reads all images in order, ahead of `body`.
  public func forEachBatch(of size: Int, _ body: (Tensor, Int) throws -> Void) throws {
    let loader = try ImageLoader(
      source, settings(.fixed(cropPosition, shorterEdge: shorterEdge), size: side, seed: 0, stream: 0),
      plan: PlannedBatch.batches(of: 0..<count, size: size))
    defer { loader.cancel() }
    var start = 0
    while let batch = try loader.next() {
      try body(batch.images, start)
      start += batch.indices.count
    }
  }

  /// The settings of a loader of these images.
  func settings(_ crop: CropRule, size: Int, seed: UInt64, stream: Int) -> LoaderSettings {
    var told: (@Sendable (LoaderStall) -> Void)?
    if let tell = notice { told = { tell($0.description) } }
    return LoaderSettings(
      side: size, crop: crop, seed: seed, stream: stream, workers: workers, device: device, notice: told)
  }
}
