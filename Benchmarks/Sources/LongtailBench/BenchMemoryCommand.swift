import ArgumentParser
import Longtail
import Serialization
import VisionModels

/// The `longtail-bench memory` command.
struct BenchMemoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "memory", abstract: "Train over noise and compare memory at step 100 with memory at the last step.")

  @OptionGroup var model: BenchModelOptions
  @OptionGroup var options: BenchOptions

  @Option(help: "Steps, more than 100.")
  var steps = 1100

  @Option(help: "Images per step.")
  var batch = 128

  func validate() throws {
    guard steps > MemoryWatch.firstStep else {
      throw ValidationError("--steps is \(steps), but must be more than \(MemoryWatch.firstStep)")
    }
    guard batch >= 1 else { throw ValidationError("--batch is \(batch), but must be at least 1") }
  }

  func run() throws {
    try options.start()
    let compute = try model.compute()
    let side = try model.side()
    let images = try NoiseImages.images(count: max(10_847, batch), side: side, classes: 100, on: compute.device)
    let bench = TrainerBench(
      model: ModelDescription(backbone: model.model), compute: compute, batchSize: batch, side: side,
      implementation: model.optimizer.implementation)
    let watch = MemoryWatch(lastStep: steps)
    // One step more, so that the last reading is taken inside the stage as the first one is.
    try bench.run(NoiseImages.data(images, classes: 100), steps: steps + 1, observers: [watch], stop: StopSignal())
    try options.show(MemoryReport(steps: steps, batch: batch, moments: watch.moments))
  }
}

/// Reads memory after two steps.
private final class MemoryWatch: TrainingObserver {
  static let firstStep = 100
  private let lastStep: Int
  private(set) var moments: [MemoryReport.Moment] = []

  init(lastStep: Int) { self.lastStep = lastStep }

  func observe(_ event: TrainingEvent) {
    guard case .interval(let progress, _) = event else { return }
    guard progress.step == MemoryWatch.firstStep || progress.step == lastStep else { return }
    moments.append(.init(step: progress.step, memory: .now, residentBytes: ProcessUsage.residentBytes))
  }
}

/// What `longtail-bench memory` says.
struct MemoryReport: Encodable, CustomStringConvertible {
  /// Memory after a step.
  struct Moment: Encodable {
    let step: Int
    let memory: MemoryReading
    let residentBytes: Int
  }

  let steps: Int
  let batch: Int
  let moments: [Moment]
  /// Whether tensors and engine bytes are the same at both moments.
  let isEqual: Bool
  /// Bytes by which the resident size grew.
  let residentGrowth: Int

  init(steps: Int, batch: Int, moments: [Moment]) {
    (self.steps, self.batch, self.moments) = (steps, batch, moments)
    isEqual = moments.count == 2 && moments[0].memory == moments[1].memory
    residentGrowth = (moments.last?.residentBytes ?? 0) - (moments.first?.residentBytes ?? 0)
  }

  var description: String {
    var table = TextTable([
      .init("step", .right), .init("live tensors", .right), .init("engine bytes", .right),
      .init("resident MiB", .right),
    ])
    for moment in moments {
      table.append([
        "\(moment.step)", "\(moment.memory.liveTensors)", "\(moment.memory.engineBytes)",
        (Double(moment.residentBytes) / 1_048_576).text(1),
      ])
    }
    table.notes.append(isEqual ? "tensors and engine bytes are equal" : "tensors or engine bytes DIFFER")
    return table.plainText
  }
}
