import ArgumentParser
import Longtail

/// The `longtail-bench augmentation` command.
struct BenchAugmentationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "augmentation",
    abstract: "Time the augmentation of batches, from whole images to network inputs, over synthetic images.")

  @OptionGroup var options: BenchOptions

  @Option(
    help:
      "basic (crop, flip), strong (crop, flip, AutoAugment, Cutout) or deit (resized crop, RandAugment, erasing, mixing)."
  )
  var work = AugmentationWork.strong

  @Option(help: "Images in a batch.")
  var batch = 128

  @Option(help: "The side of the images in pixels.")
  var side = 32

  @Option(help: "Batches to measure.")
  var steps = 20

  @Option(help: "Batches before the measurement.")
  var warmup = 5

  @Option(help: "Where to compute: auto, cpu or cuda:0.")
  var device = "cpu"

  func validate() throws {
    for (name, value) in [("batch", batch), ("side", side), ("steps", steps), ("warmup", warmup)] where value < 1 {
      throw ValidationError("--\(name) is \(value), but must be at least 1")
    }
  }

  func run() throws {
    try options.start()
    let device = try Device(named: device)
    let drawn = try SyntheticImages().training
    let resized = try BatchResizing(height: side, width: side)(
      Tensor(drawn.pixels, shape: [drawn.count, drawn.side, drawn.side, 3])
    ).to(device)
    let order = try Tensor((0..<batch).map { $0 % drawn.count }, on: device)
    let labels = try Tensor((0..<batch).map { drawn.labels[$0 % drawn.count] }, on: device)
    let places = try Tensor.range(0, batch, on: device)
    let counter = try Tensor.zeros([], dtype: .int64, on: device)
    let augmentation = work.augmentation
    func once() throws -> Duration {
      try measured {
        try withoutGradients {
          let images = try augmentation(
            resized.entries(at: order), places: places, step: counter, seed: 0, normalization: .cifar)
          _ = try augmentation.mix(images, labels: labels, places: places, step: counter, seed: 0)
          try counter.add(1)
          try device.synchronize()
        }
      }
    }
    for _ in 0..<warmup { _ = try once() }
    guard let times = TimingSummary(try (0..<steps).map { _ in try once() }) else { return }
    try options.show(
      AugmentationReport(
        work: work.rawValue, batch: batch, side: side, device: "\(device)", threads: Engine.threadCount,
        milliseconds: times, imagesPerSecond: Double(batch) / times.median * 1000))
  }
}

/// What is measured.
enum AugmentationWork: String, ExpressibleByArgument, CaseIterable {
  case basic
  case strong
  case deit

  var augmentation: Augmentation {
    switch self {
    case .basic: .cropAndFlip
    case .strong: .strongCIFAR
    case .deit: .deit
    }
  }
}

/// What `longtail-bench augmentation` says.
struct AugmentationReport: Encodable, CustomStringConvertible {
  let work: String
  let batch: Int
  let side: Int
  let device: String
  let threads: Int
  let milliseconds: TimingSummary
  let imagesPerSecond: Double

  var description: String {
    """
    \(work) augmentation, batch \(batch) of \(side) pixels, \(device), \(threads) threads
    \(milliseconds.count) batches: median \(milliseconds.median.text(2)) ms, best \(milliseconds.best.text(2)) ms, \
    \(imagesPerSecond.text(0)) images/s
    """
  }
}
