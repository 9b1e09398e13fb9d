import ArgumentParser
import Longtail

/// The `bench metrics` command.
struct BenchMetricsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics", abstract: "Time the evaluation of logits: accuracies, shot groups, calibration, confusion.",
    discussion: """
      Without --logits over drawn numbers; else over a safetensors file with 'logits' (float32, [samples, classes]), 'labels' \
      (int32, [samples]) and 'counts' (int64, [classes], training images per class).
      """)

  @OptionGroup var options: BenchReportOptions

  @Option(help: "A file with logits, labels and counts.")
  var logits: String?

  @Option(help: "Samples, without a file. Default: 10000.")
  var samples: Int?

  @Option(help: "Classes, without a file. Default: 100.")
  var classes: Int?

  @Option(help: "Measurements.")
  var rounds = 7

  func validate() throws {
    for (name, value) in [("samples", samples ?? 1), ("classes", classes ?? 1), ("rounds", rounds)] where value < 1 {
      throw ValidationError("--\(name) is \(value), but must be at least 1")
    }
    let reason = "the file of --logits has its own; leave out one of both"
    try UnusedOption.refuse("--samples", given: samples != nil, if: logits != nil, reason)
    try UnusedOption.refuse("--classes", given: classes != nil, if: logits != nil, reason)
  }

  func run() throws {
    try Engine.verify()
    let input =
      try logits.map(MetricsInput.init(file:))
      ?? MetricsInput(samples: samples ?? 10_000, classes: classes ?? 100)
    let classes = try ClassDistribution(counts: input.counts)
    var (times, processor): ([Duration], [Double]) = ([], [])
    var last: EvaluationResult?
    // The first round warms the caches and is not counted.
    for round in 0...rounds {
      let before = ProcessUsage.processorSeconds
      let time = try measured {
        var accumulator = try EvaluationAccumulator(classes: classes)
        try accumulator.update(logits: input.logits, labels: input.labels)
        last = try accumulator.result()
      }
      guard round > 0 else { continue }
      times.append(time)
      processor.append((ProcessUsage.processorSeconds - before) * 1000)
    }
    guard let times = TimingSummary(times), let last else { return }
    try options.show(
      MetricsReport(input, milliseconds: times, processor: processor.sorted()[processor.count / 2], last))
  }
}

/// Logits, labels and counts of `bench metrics`.
struct MetricsInput {
  let logits: [Float]
  let labels: [Int32]
  let counts: [Int]

  /// Draws them: logits uniform in -4 ..< 4, and a true class that gains up to 8.
  init(samples: Int, classes: Int) {
    var words = PhiloxStream(Philox4x32(seed: 0, purpose: .drawing), 1)
    var logits = (0..<samples * classes).map { _ in Philox4x32.uniform(words.next()) * 8 - 4 }
    labels = (0..<samples).map { _ in Int32(words.next(below: UInt32(classes))) }
    for (sample, label) in labels.enumerated() {
      logits[sample * classes + Int(label)] += Philox4x32.uniform(words.next()) * 8
    }
    self.logits = logits
    counts = (0..<classes).map { 1 + 500 * (classes - 1 - $0) / max(1, classes - 1) }
  }

  /// Reads them.
  init(file path: String) throws {
    let file = try SafetensorsFile(path)
    func tensor(_ name: String, rank: Int) throws -> Tensor {
      guard let stored = file[name], stored.shape.count == rank else {
        throw BenchInputError(
          path: path, tensor: name, expected: "\(rank) axes", actual: file[name].map { "\($0.shape)" } ?? "nothing")
      }
      return try Tensor(stored)
    }
    logits = try tensor("logits", rank: 2).values(as: Float.self)
    labels = try tensor("labels", rank: 1).values(as: Int32.self)
    counts = try tensor("counts", rank: 1).values(as: Int.self)
  }
}

/// What `bench metrics` says.
struct MetricsReport: Encodable, CustomStringConvertible {
  let samples: Int
  let classes: Int
  let milliseconds: TimingSummary
  /// The median of the processor time of all threads.
  let processorMilliseconds: Double
  let accuracy: Double
  let many: Double?
  let medium: Double?
  let few: Double?
  let calibrationError: Double?

  init(_ input: MetricsInput, milliseconds: TimingSummary, processor: Double, _ result: EvaluationResult) {
    samples = input.labels.count
    classes = input.counts.count
    self.milliseconds = milliseconds
    processorMilliseconds = processor
    accuracy = result.accuracy
    many = result.accuracy(of: .many)
    medium = result.accuracy(of: .medium)
    few = result.accuracy(of: .few)
    calibrationError = result.calibration?.expectedError
  }

  var description: String {
    """
    \(samples) samples of \(classes) classes: median \(milliseconds.median.text(2)) ms, best \(milliseconds.best.text(2)) ms, \
    processor \(processorMilliseconds.text(2)) ms
    """
  }
}
