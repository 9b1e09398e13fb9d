import ArgumentParser
import Longtail

/// The `bench routing` command.
struct BenchRoutingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "routing",
    abstract: "Time predictions by as many experts as gates ask for beside those by all experts.",
    discussion: """
      A trained run scores batches of its test images: all experts for all images, and routed with the threshold as trained and with \
      budgets, which are shares of all experts' operations. They take turns batch by batch; the ratios are medians over the batches.

      longtail bench routing runs/ride --threads 2
      """)

  @Argument(help: "A run's folder or a checkpoint file.", completion: .file())
  var source: String
  @Option(help: ArgumentHelp("Budgets, above 0 and at most 1.", valueName: "SHARES"))
  var operations = OperationBudgets([0.77, 0.6])
  @Option(help: "Images per batch.")
  var batch = 512
  @Option(help: "The most batches.")
  var batches = 12
  @Option(help: "The data folder, or 'drawn'. Default: that of the run.", completion: .directory)
  var data: String?
  @OptionGroup var compute: ComputeOptions
  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    for (name, value) in [("batch", batch), ("batches", batches)] where value < 1 {
      throw ValidationError("--\(name) is \(value), but must be at least 1")
    }
  }

  func run() throws {
    let found = try CheckpointSource(source)
    let (launch, settings) = try found.measurement(of: "test", data: data, compute)
    let description = found.checkpoint.description
    let (model, gates) = try found.routedModel()
    try model.move(to: settings.device, format: settings.memoryFormat)
    let images = try found.images(of: launch, split: "test", views: .single, on: settings.device).pictures.sets[0]
    let trace = try Evaluator(for: description, compute: settings).routingTrace(of: model, on: images)
    let cost = try model.expertOperations(inputSize: description.preprocessing.inputSize)
    var thresholds = [("as trained", gates.threshold)]
    for share in operations.shares {
      let budget = share * Double(cost.all())
      let threshold = try trace.threshold(withinBudget: budget) { try cost.expected(stoppingFractions: $0) }
      if let threshold { thresholds.append((OperationBudgets.name(share), threshold)) }
    }
    operations.tellMissing(in: thresholds.map(\.0))
    let times = try time(model, thresholds.map(\.1), on: images, description.preprocessing, settings)
    guard let all = TimingSummary(times[0]) else {
      throw RunError.notComparable(
        reason: "\(source): fewer test images than one batch of \(batch); give a smaller --batch")
    }
    let rows = try thresholds.enumerated().compactMap { index, entry in
      let shares = trace.shares(threshold: entry.1)
      return try TimingSummary(times[index + 1]).map {
        RoutingTimes.Row(
          name: entry.0, operationShare: try cost.expected(stoppingFractions: shares) / Double(cost.all()),
          milliseconds: $0,
          ratio: Self.middle(zip(times[index + 1], times[0]).map { $0.milliseconds / $1.milliseconds }))
      }
    }
    let report = RoutingTimes(
      recipe: description.recipe, experts: model.experts.settings.count, batch: batch, device: "\(settings.device)",
      precision: settings.precision.rawValue, threads: Engine.threadCount, all: all, rows: rows)
    if json { return try Console.output(json: report) }
    Console.output(report.description)
  }

  /// The time of each whole batch by all experts, then by each threshold; the first batch warms up.
  private func time(
    _ model: ExpertClassifier, _ thresholds: [Double], on images: any TrainingPictures, _ preprocessing: Preprocessing,
    _ settings: ComputeSettings
  ) throws -> [[Duration]] {
    model.setTraining(false)
    let device = settings.device
    var times: [[Duration]] = (0...thresholds.count).map { _ in [] }
    var seen = 0
    try withoutGradients {
      try images.forEachBatch(of: batch) { pictures, _ in
        guard pictures.shape[0] == batch, seen <= batches else { return }
        let inputs = try preprocessing.normalization(pictures).contiguous(settings.memoryFormat)
        let ways: [() throws -> Tensor] =
          [{ try model(inputs).logits }]
          + thresholds.map { limit in { try model.routed(inputs, threshold: limit).logits } }
        for (index, way) in ways.enumerated() {
          let duration = try measured {
            _ = try withAutocast(settings.precision.autocast, on: device, way)
            try device.synchronize()
          }
          if seen > 0 { times[index].append(duration) }
        }
        seen += 1
      }
    }
    return times
  }

  private static func middle(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

/// What `bench routing` says.
struct RoutingTimes: Encodable, CustomStringConvertible {
  /// One threshold.
  struct Row: Encodable {
    let name: String
    /// Mean operations over those of all experts.
    let operationShare: Double
    let milliseconds: TimingSummary
    /// The time of a batch over that of all experts.
    let ratio: Double
  }

  let recipe: String
  let experts: Int
  let batch: Int
  let device: String
  let precision: String
  let threads: Int
  let all: TimingSummary
  let rows: [Row]

  var description: String {
    let head =
      "\(recipe), \(experts) experts, batches of \(batch), \(precision), \(device), \(threads) threads\n"
      + "  all experts: \(all.median.text(1)) ms a batch"
    return
      ([head]
      + rows.map { row in
        "  \(row.name), \((row.operationShare * 100).text(1)) % of the operations: \(row.milliseconds.median.text(1)) ms, "
          + "\(row.ratio.text(3)) times all experts"
      }).joined(separator: "\n")
  }
}
