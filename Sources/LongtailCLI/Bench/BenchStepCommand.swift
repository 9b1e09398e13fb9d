import ArgumentParser
import Longtail

/// The `bench step` command.
struct BenchStepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "step", abstract: "Time training steps as the trainer runs them, over pictures of noise.")

  @OptionGroup var model: BenchModelOptions
  @OptionGroup var options: BenchOptions

  @Option(help: "Pictures per step.")
  var batch = 128

  @Option(help: "Classes.")
  var classes = 100

  @Option(help: "Pictures in the data set; 10847 without it, and fewer where they would take more than 256 MiB.")
  var pictures: Int?

  @Option(help: "Seconds to measure.")
  var seconds = 10.0

  @Option(help: "Steps to measure, instead of seconds.")
  var steps: Int?

  @Option(help: "Steps before the measurement.")
  var warmup = 5

  @Flag(help: "Only model, loss, backward and optimiser on one batch that is ready, as in a bare PyTorch loop.")
  var fixedBatch = false

  func validate() throws {
    for (name, value) in [("batch", batch), ("classes", classes), ("pictures", pictures ?? 1), ("steps", steps ?? 1)]
    where value < 1 { throw ValidationError("--\(name) is \(value), but must be at least 1") }
    guard warmup >= 1 else { throw ValidationError("--warmup is \(warmup), but must be at least 1") }
    guard seconds > 0 else { throw ValidationError("--seconds is \(seconds), but must be positive") }
    if let pictures, pictures < max(classes, batch) {
      throw ValidationError("--pictures is \(pictures), but must be at least the batch and the classes")
    }
  }

  func run() throws {
    try options.start()
    let compute = try model.compute()
    let side = try model.side()
    let images = try BenchPictures.images(
      count: fixedBatch ? max(batch, classes) : pictureCount(side: side), side: side, classes: classes,
      on: compute.device)
    let measurement =
      try fixedBatch
      ? timeFixedBatch(images, compute)
      : timeTrainer(BenchPictures.data(images, classes: classes), side: side, compute)
    guard let times = TimingSummary(measurement.durations) else { return }
    try options.show(report(times, measurement, compute))
  }

  private var limit: BenchLimit { steps.map(BenchLimit.count) ?? .seconds(seconds) }

  private func pictureCount(side: Int) -> Int {
    pictures ?? max(batch, classes, min(10_847, (256 << 20) / (3 * side * side)))
  }

  private func timeTrainer(_ data: TrainingData, side: Int, _ compute: ComputeSettings) throws -> Measurement {
    let bench = TrainerBench(
      model: ModelDescription(backbone: model.model), compute: compute, batchSize: batch, side: side,
      implementation: model.optimizer.implementation)
    let stop = StopSignal()
    let timer = StepTimer(warmup: warmup, limit: limit, stop: stop)
    // With a limit in seconds the timer ends the run long before the last step.
    try bench.run(data, steps: warmup + (steps ?? 100_000), observer: timer, stop: stop)
    return Measurement(durations: timer.durations, begin: timer.memoryAtBegin, end: timer.memoryAtEnd)
  }

  private func timeFixedBatch(_ images: DeviceImages, _ compute: ComputeSettings) throws -> Measurement {
    let indices = try Tensor.range(0, batch, on: compute.device)
    var optimizer = OptimizerSettings.sgd(weightDecay: 2e-4)
    optimizer.implementation = model.optimizer.implementation
    let step = try FixedBatchStep(
      ModelDescription(backbone: model.model).model(classes: classes, seed: 0),
      images: Normalization.cifar(images.pictures(at: indices)),
      labels: images.labels.entries(at: indices),
      compute: compute, optimizer: optimizer, learningRate: 0.01)
    func once() throws -> Duration {
      try measured {
        try step.run()
        try compute.device.synchronize()
      }
    }
    for _ in 0..<warmup { _ = try once() }
    let begin = MemoryReading.now
    let start = ContinuousClock.now
    var durations: [Duration] = []
    while !limit.isReached(count: durations.count, elapsed: start.duration(to: .now)) { durations.append(try once()) }
    return Measurement(durations: durations, begin: begin, end: .now)
  }

  private func report(_ times: TimingSummary, _ measurement: Measurement, _ compute: ComputeSettings) -> StepReport {
    StepReport(
      model: model.model, batch: batch, classes: classes, work: fixedBatch ? "fixed batch" : "whole step",
      device: "\(compute.device)", precision: compute.precision.rawValue, layout: model.layout.rawValue,
      optimizer: model.optimizer.rawValue, threads: Engine.threadCount, steps: times.count, milliseconds: times,
      imagesPerSecond: Double(batch) / times.median * 1000, begin: measurement.begin, end: measurement.end)
  }

  private struct Measurement {
    let durations: [Duration]
    let begin: MemoryReading
    let end: MemoryReading
  }
}

/// What `bench step` says.
struct StepReport: Encodable, CustomStringConvertible {
  let model: String
  let batch: Int
  let classes: Int
  let work: String
  let device: String
  let precision: String
  let layout: String
  let optimizer: String
  let threads: Int
  let steps: Int
  let milliseconds: TimingSummary
  let imagesPerSecond: Double
  let begin: MemoryReading
  let end: MemoryReading

  var description: String {
    """
    \(model), batch \(batch), \(precision), \(layout), \(optimizer) SGD, \(device), \(threads) threads: \(work)
    \(steps) steps: median \(milliseconds.median.text(1)) ms, best \(milliseconds.best.text(1)) ms, \
    \(imagesPerSecond.text(1)) images/s
    live tensors \(begin.liveTensors) at the begin, \(end.liveTensors) at the end; engine bytes \(begin.engineBytes), \
    \(end.engineBytes)
    """
  }
}
