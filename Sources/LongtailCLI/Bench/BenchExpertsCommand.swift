import ArgumentParser
import Longtail

/// The `bench experts` command.
struct BenchExpertsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "experts",
    abstract: "Time training steps of experts beside those of the plain network, in turns.",
    discussion: """
      A step is model, loss, backward and optimiser on one batch that is ready. Plain network and experts take turns step by step, so \
      that what else the machine does slows all of them alike; the ratios are medians over the turns. On a processor with one thread, \
      ratios of the processor time are shown beside those of the wall time: other programs disturb them less.
      """)

  @OptionGroup var model: BenchModelOptions
  @OptionGroup var options: BenchOptions

  @Option(help: "The number of experts.")
  var experts = 3

  @Option(help: "What the widths of the experts' own stages are multiplied by. Default: 0.75; with --fusion 1.")
  var widthFactor: Double?

  @Option(help: "How experts are computed: separate, stacked or automatic; separate and stacked without it.")
  var computation: ExpertComputation?

  @Flag(help: "Experts that multiply their last map by a map of a shared stage.")
  var fusion = false

  @Option(help: "Pictures per step.")
  var batch = 128

  @Option(help: "Classes.")
  var classes = 100

  @Option(help: "Turns to measure.")
  var steps = 10

  @Option(help: "Turns before the measurement.")
  var warmup = 2

  @Flag(help: "Also show what steps of each spend their time on.")
  var profile = false

  func validate() throws {
    for (name, value) in [
      ("experts", experts), ("batch", batch), ("classes", classes), ("steps", steps), ("warmup", warmup),
    ]
    where value < 1 { throw ValidationError("--\(name) is \(value), but must be at least 1") }
    try UnusedOption.refuse(
      "--width-factor", given: widthFactor != nil, if: fusion,
      "experts with --fusion have the whole width; leave out one of both")
  }

  func run() throws {
    try options.start()
    let compute = try model.compute()
    try compute.apply()
    let side = try model.side()
    let images = try BenchPictures.images(
      count: max(batch, classes), side: side, classes: classes, on: compute.device)
    let kinds = computation.map { [$0] } ?? [.separate, .stacked]
    let plain = try step(nil, images, compute)
    let others = try kinds.map { try step($0, images, compute) }
    var times: [[Duration]] = (0...others.count).map { _ in [] }
    var processorSeconds: [[Double]] = times.map { _ in [] }
    for turn in 0..<(warmup + steps) {
      for (index, step) in ([plain] + others).enumerated() {
        let before = ProcessUsage.processorSeconds
        let duration = try measured {
          try step.run()
          try compute.device.synchronize()
        }
        guard turn >= warmup else { continue }
        times[index].append(duration)
        processorSeconds[index].append(ProcessUsage.processorSeconds - before)
      }
    }
    let profiles = try profile ? ([plain] + others).map { try spent(by: $0, on: compute.device) } : nil
    guard let summary = TimingSummary(times[0]) else { return }
    let forms = kinds.indices.compactMap { index in
      TimingSummary(times[index + 1]).map {
        ExpertsReport.Form(
          computation: kinds[index].rawValue, milliseconds: $0,
          relativeRate: Self.ratio(times[0].map(\.milliseconds), times[index + 1].map(\.milliseconds)),
          relativeProcessorRate: Self.ratio(processorSeconds[0], processorSeconds[index + 1]))
      }
    }
    try options.show(
      ExpertsReport(
        model: model.model, experts: experts, widthFactor: fusion ? 1 : widthFactor ?? 0.75, fusion: fusion,
        batch: batch,
        classes: classes, device: "\(compute.device)", precision: compute.precision.rawValue,
        layout: model.layout.rawValue, threads: Engine.threadCount, plain: summary, forms: forms, profiles: profiles))
  }

  private func spent(by step: FixedBatchStep, on device: Device) throws -> ProfileReport {
    ProfileReport(try ExecutionProfile.of(device) { for _ in 0..<steps { try step.run() } }, steps: steps)
  }

  /// The middle one of the ratios of two lists.
  private static func ratio(_ first: [Double], _ second: [Double]) -> Double {
    let quotients = zip(first, second).map { $0 / max($1, 1e-9) }.sorted()
    return quotients[quotients.count / 2]
  }

  private func step(_ computation: ExpertComputation?, _ images: DeviceImages, _ compute: ComputeSettings) throws
    -> FixedBatchStep
  {
    var description = ModelDescription(backbone: model.model, head: .cosine)
    if let computation {
      let stages = try BackboneRegistry.backbone(named: model.model).family == .cifar ? 3 : 4
      description.form = .experts
      description.experts =
        fusion ? .selfHeterogeneous(stages: stages) : ExpertSettings(widthFactors: [widthFactor ?? 0.75])
      description.experts.count = experts
      description.experts.computation = computation
    }
    var optimizer = OptimizerSettings.sgd(weightDecay: 2e-4)
    optimizer.implementation = model.optimizer.implementation
    let indices = try Tensor.range(0, batch, on: compute.device)
    return try FixedBatchStep(
      description.model(classes: classes, seed: 0), images: Normalization.cifar(images.pictures(at: indices)),
      labels: images.labels.entries(at: indices), compute: compute, optimizer: optimizer, learningRate: 0.01)
  }
}

extension ExpertComputation: ExpressibleByArgument {}

/// What `bench experts` says.
struct ExpertsReport: Encodable, CustomStringConvertible {
  /// Experts computed in one way.
  struct Form: Encodable {
    let computation: String
    let milliseconds: TimingSummary
    /// Images a second over those of the plain network.
    let relativeRate: Double
    /// The same by the time that the processor has worked.
    let relativeProcessorRate: Double
  }

  let model: String
  let experts: Int
  let widthFactor: Double
  let fusion: Bool
  let batch: Int
  let classes: Int
  let device: String
  let precision: String
  let layout: String
  let threads: Int
  let plain: TimingSummary
  let forms: [Form]
  /// What the plain network and each form spend their time on; absent unless it was asked for.
  let profiles: [ProfileReport]?

  var description: String {
    let spent = zip(["plain network"] + forms.map(\.computation), profiles ?? []).map { "\n\n\($0):\n\($1)" }.joined()
    let lines = forms.map {
      "\($0.computation): median \($0.milliseconds.median.text(1)) ms, best \($0.milliseconds.best.text(1)) ms, "
        + "\($0.relativeRate.text(3)) of the plain network's images/s, \($0.relativeProcessorRate.text(3)) by processor time"
    }
    return """
      \(experts) experts of \(model), width \(widthFactor)\(fusion ? ", fused" : ""), batch \(batch), \(precision), \(layout), \
      \(device), \(threads) threads
      plain network: median \(plain.median.text(1)) ms, best \(plain.best.text(1)) ms
      \(lines.joined(separator: "\n"))\(spent)
      """
  }
}
