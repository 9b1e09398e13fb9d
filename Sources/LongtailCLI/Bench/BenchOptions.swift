import ArgumentParser
import Foundation
import Longtail

/// What benchmarks of the engine take.
struct BenchOptions: ParsableArguments {
  @Option(help: "Threads inside one operation; the engine's own choice without it.")
  var threads: Int?

  @OptionGroup var report: BenchReportOptions

  /// Whether a report is printed as JSON.
  var json: Bool { report.json }

  func validate() throws {
    try OptionRange.check("--threads", threads, in: 1...Engine.greatestThreadCount)
  }

  /// Starts the engine with the chosen threads.
  func start() throws {
    try Engine.verify()
    if let threads { try Engine.setThreadCount(threads) }
  }

  /// Prints a report as JSON or as text.
  func show(_ report: some Encodable & CustomStringConvertible) throws { try self.report.show(report) }
}

/// How a benchmark reports.
struct BenchReportOptions: ParsableArguments {
  @Flag(help: "Print one JSON object.")
  var json = false

  /// Prints a report as JSON or as text.
  func show(_ report: some Encodable & CustomStringConvertible) throws {
    guard json else { return Console.output(report.description) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    Console.output(String(decoding: try encoder.encode(report), as: UTF8.self))
  }
}

/// The network of a benchmark, and how it is trained.
struct BenchModelOptions: ParsableArguments {
  @Option(help: "The backbone.")
  var model = "resnet32"

  @Option(help: "The side of the pictures in pixels; what the backbone is made for without it.")
  var inputSize: Int?

  @Option(help: "The arithmetic: float32 or bfloat16; what the processor multiplies natively without it.")
  var precision: BenchPrecision?

  @Option(help: "The order of pictures in memory: contiguous or channelsLast.")
  var layout = BenchLayout.channelsLast

  @Option(help: "How SGD is computed: fused or perTensor.")
  var optimizer = BenchOptimizer.fused

  @Option(help: "Where to compute: auto, cpu or cuda:0.")
  var device = "cpu"

  func validate() throws {
    try OptionRange.check("--input-size", inputSize, in: 1...4096)
  }

  /// The side of the pictures, in pixels.
  func side() throws -> Int { try inputSize ?? BackboneRegistry.backbone(named: model).inputSize }

  /// The compute settings that the options say.
  func compute(_ choices: DeviceOptions? = nil) throws -> ComputeSettings {
    try Self.compute(device: device, precision: precision, layout: layout, choices: choices)
  }

  /// The compute settings of a device.
  static func compute(
    device: String, precision: BenchPrecision?, layout: BenchLayout = .channelsLast, choices: DeviceOptions? = nil
  ) throws -> ComputeSettings {
    var compute = ComputeSettings(
      device: try Device(named: device), precision: precision.map(\.precision), memoryFormat: layout.memoryFormat)
    if let choices {
      compute.capturesSteps = choices.capture
      compute.stepsPerReplay = choices.stepsPerReplay
      compute.usesTF32 = choices.tensorFloat32
      compute.isDeterministic = choices.deterministic
      compute.kernels = ComputeSettings.Kernels(rawValue: choices.kernels) ?? compute.kernels
    }
    return compute
  }
}

/// The arithmetic by name.
enum BenchPrecision: String, ExpressibleByArgument, CaseIterable {
  case float32
  case bfloat16

  var precision: ComputeSettings.Precision { self == .bfloat16 ? .bfloat16 : .float32 }
}

/// The order in memory by name.
enum BenchLayout: String, ExpressibleByArgument, CaseIterable, Codable {
  case contiguous
  case channelsLast

  var memoryFormat: MemoryFormat { self == .channelsLast ? .channelsLast : .contiguous }
}

/// The form of SGD by name.
enum BenchOptimizer: String, ExpressibleByArgument, CaseIterable, Codable {
  case fused
  case perTensor

  var implementation: SGD.Implementation { self == .fused ? .fused : .perTensor }
}
