import ArgumentParser
import Longtail

/// The `bench step` command.
struct BenchStepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "step", abstract: "Time training steps as the trainer runs them, over pictures of noise.")

  @OptionGroup var model: BenchModelOptions
  @OptionGroup var options: BenchOptions
  @OptionGroup var choices: DeviceOptions

  @Option(help: "What is minimised: cross-entropy or balanced-softmax. Default: cross-entropy.")
  var objective: BenchObjective?

  @Option(help: "Pictures per step.")
  var batch = 128

  @Option(help: "Classes.")
  var classes = 100

  @Option(help: "Pictures in the data set; 10847 without it, and fewer where they would take more than 256 MiB.")
  var pictures: Int?

  @Option(help: "Seconds to measure. Default: 10.")
  var seconds: Double?

  @Option(help: "Windows to measure, instead of seconds.")
  var steps: Int?

  @Option(
    help: "Steps between two readings of the loss, which wait for the device. Default: 1; on a GPU those of an epoch.")
  var window: Int?

  @Option(help: "Models that are trained at the same time; needs --capture.")
  var atOnce = 1

  @Option(help: "Compare with an earlier report, which --json has printed.", completion: .file(extensions: ["json"]))
  var baseline: String?

  @Flag(help: "Also count operations, launches and synchronisations, and show how busy a GPU is.")
  var profile = false

  @Option(help: "Steps before the measurement.")
  var warmup = 5

  @Flag(help: "Only model, loss, backward and optimiser on one batch that is ready, as in a bare PyTorch loop.")
  var fixedBatch = false

  func validate() throws {
    for (name, value) in [
      ("batch", batch), ("classes", classes), ("pictures", pictures ?? 1), ("steps", steps ?? 1),
      ("window", window ?? 1), ("at-once", atOnce),
    ]
    where value < 1 { throw ValidationError("--\(name) is \(value), but must be at least 1") }
    guard warmup >= 1 else { throw ValidationError("--warmup is \(warmup), but must be at least 1") }
    if let seconds, !(seconds > 0) { throw ValidationError("--seconds is \(seconds), but must be positive") }
    if let pictures, pictures < max(classes, batch) {
      throw ValidationError("--pictures is \(pictures), but must be at least the batch and the classes")
    }
    try UnusedOption.refuse(
      "--seconds", given: seconds != nil, if: steps != nil, "--steps ends the measurement; leave out one of both")
    if atOnce > 1, !choices.capture { throw ValidationError("--at-once needs --capture, on a GPU.") }
    try checkFixedBatch()
  }

  /// One batch that is ready has neither a data set nor what the trainer does.
  private func checkFixedBatch() throws {
    guard fixedBatch else { return }
    for (option, isGiven) in [
      ("--objective balanced-softmax", objective == .balancedSoftmax), ("--pictures", pictures != nil),
      ("--window", window != nil), ("--profile", profile), ("--capture", choices.capture),
    ] {
      try UnusedOption.refuse(
        option, given: isGiven,
        "--fixed-batch times cross-entropy on one batch, step by step, without the trainer; leave out one of both")
    }
  }

  func run() throws {
    try options.start()
    let compute = try model.compute(choices)
    try choices.check(on: compute.device)
    try compute.apply()
    let side = try model.side()
    let images = try BenchPictures.images(
      count: fixedBatch ? max(batch, classes) : pictureCount(side: side), side: side, classes: classes,
      on: compute.device)
    if compute.device.kind == .cuda { try? CUDAMemory.resetPeaks(of: compute.device) }
    guard !fixedBatch else { return try show(timeFixedBatch(images, compute), compute) }
    let notes = NoticeList()
    let bench = TrainerBench(
      model: ModelDescription(backbone: model.model), compute: compute, batchSize: batch, side: side,
      implementation: model.optimizer.implementation, objective: objective ?? .crossEntropy, notice: { notes.add($0) })
    let data = try BenchPictures.data(images, classes: classes)
    var measurement = try time(bench, data, compute)
    if profile {
      let steps = compute.device == .cpu ? 2 : min(40, max(2, images.count / batch - 2))
      measurement.profile = ProfileReport(
        try bench.profile(data, warmup: compute.device == .cpu ? 2 : 20, steps: steps), steps: steps)
    }
    measurement.notes = notes.texts
    try show(measurement, compute)
  }

  private var limit: BenchLimit { steps.map(BenchLimit.count) ?? .seconds(seconds ?? 10) }

  private func pictureCount(side: Int) -> Int {
    pictures ?? max(batch, classes, min(10_847, (256 << 20) / (3 * side * side)))
  }

  private func time(_ bench: TrainerBench, _ data: TrainingData, _ compute: ComputeSettings) throws -> Measurement {
    let stop = StopSignal()
    let count = data.training.count
    let epoch = (count + batch - 1) / batch
    let timers = (0..<atOnce).map { _ in
      StepTimer(warmup: warmup, limit: limit, stop: stop) { steps in
        steps.reduce(0) { $0 + min(batch, count - $1 % epoch * batch) }
      }
    }
    let window = self.window ?? (compute.device == .cpu ? 1 : nil)
    // The timers end the run long before the last step.
    try bench.run(data, steps: 1_000_000, window: window, observers: timers, stop: stop)
    let windows = timers[0].windows
    let rates = windows.map { Double(atOnce * $0.pictures) / $0.duration.milliseconds * 1000 }.sorted()
    return Measurement(
      durations: windows.map(\.durationPerStep), rate: rates.isEmpty ? 0 : rates[rates.count / 2],
      begin: timers[0].memoryAtBegin, end: timers[0].memoryAtEnd, window: windows.map(\.steps).max() ?? 0,
      loss: timers[0].loss)
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
    let rate = TimingSummary(durations).map { Double(batch) / $0.median * 1000 } ?? 0
    return Measurement(
      durations: durations, rate: rate, begin: begin, end: .now, window: 1, loss: try step.run().item())
  }

  private func show(_ measurement: Measurement, _ compute: ComputeSettings) throws {
    guard let times = TimingSummary(measurement.durations) else { return }
    let peak = compute.device.kind == .cuda ? try? CUDAMemory.reading(of: compute.device).allocatedPeak : nil
    let report = StepReport(
      model: model.model, batch: batch, classes: classes, work: fixedBatch ? "fixed batch" : "whole step",
      device: "\(compute.device)", precision: compute.precision.rawValue, layout: model.layout.rawValue,
      optimizer: model.optimizer.rawValue, threads: Engine.threadCount, steps: times.count, milliseconds: times,
      imagesPerSecond: measurement.rate, begin: measurement.begin, end: measurement.end,
      objective: (objective ?? .crossEntropy).rawValue, window: measurement.window, atOnce: atOnce,
      captured: choices.capture && compute.device.kind == .cuda && measurement.notes.isEmpty,
      captureNote: measurement.notes.isEmpty ? nil : measurement.notes.joined(separator: "; "),
      stepsPerReplay: choices.stepsPerReplay, kernels: compute.kernels.rawValue, tensorFloat32: choices.tensorFloat32,
      lossAtEnd: measurement.loss,
      peakBytes: peak, profile: measurement.profile,
      baseline: try baseline.map { try StepBaseline($0, now: measurement.rate) })
    try options.show(report)
  }

  private struct Measurement {
    let durations: [Duration]
    /// Pictures per second, of all models together.
    let rate: Double
    let begin: MemoryReading
    let end: MemoryReading
    let window: Int
    let loss: Double
    var profile: ProfileReport?
    var notes: [String] = []
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
  let objective: String
  let window: Int
  let atOnce: Int
  let captured: Bool
  let captureNote: String?
  let stepsPerReplay: Int
  let kernels: String
  let tensorFloat32: Bool
  let lossAtEnd: Double
  let peakBytes: Int?
  let profile: ProfileReport?
  let baseline: StepBaseline?

  var description: String {
    let notes = [captureNote, baseline?.description, profile?.description].compactMap { $0 }.map { "\n" + $0 }.joined()
    return """
      \(model), batch \(batch), \(precision), \(layout), \(kernels) kernels, \(optimizer) SGD, \(device), \(threads) threads: \(work)\
      \(captured ? ", recorded" : "")\(atOnce > 1 ? ", \(atOnce) at once" : "")
      \(steps) windows of \(window): median \(milliseconds.median.text(2)) ms a step, best \(milliseconds.best.text(2)) ms, \
      \(imagesPerSecond.text(1)) images/s
      live tensors \(begin.liveTensors) at the begin, \(end.liveTensors) at the end; engine bytes \(begin.engineBytes), \
      \(end.engineBytes)\(notes)
      """
  }
}
