import ArgumentParser
import Longtail

/// The `longtail-bench activations` command.
struct BenchActivationsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "activations",
    abstract: "Time the adaptive unit (AGLU), forward and backward over whole maps, beside SiLU.")

  @Option(help: "Batch, channels, height and width of a map, joined by x; repeatable.")
  var shape: [BenchShape] = [BenchShape(sizes: [128, 16, 32, 32])]

  @Option(help: "Passes of a round.")
  var passes = 10

  @Option(help: "Rounds of both, in turn.")
  var rounds = 7

  @Option(help: "Where to compute: auto, cpu or cuda:0.")
  var device = "cpu"

  @Option(help: "The type of the maps: float32 or bfloat16.")
  var precision = BenchPrecision.float32

  @Option(
    help: "Kernels that do several operations in one: fused, plain, or auto, which takes them where they are faster.")
  var kernels = "auto"

  @OptionGroup var options: BenchOptions

  func validate() throws {
    for (name, value) in [("passes", passes), ("rounds", rounds)] where value < 1 {
      throw ValidationError("--\(name) is \(value), but must be at least 1")
    }
    guard kernels == "auto" || ComputeSettings.Kernels(rawValue: kernels) != nil else {
      throw ValidationError("--kernels is '\(kernels)', but must be auto, plain or fused")
    }
  }

  func run() throws {
    try options.start()
    var compute = try BenchModelOptions.compute(device: device, precision: precision)
    compute.kernels = ComputeSettings.Kernels(rawValue: kernels) ?? compute.kernels
    try compute.apply()
    let dtype: DType = precision == .bfloat16 ? .bfloat16 : .float32
    let maps = try shape.compactMap { try timings(of: $0, dtype, on: compute.device) }
    try options.show(
      ActivationTimings(
        device: "\(compute.device)", precision: precision.rawValue, kernels: compute.kernels.rawValue,
        threads: Engine.threadCount, rounds: rounds, passes: passes, maps: maps))
  }

  private func timings(of shape: BenchShape, _ dtype: DType, on device: Device) throws -> ActivationTimings.Map? {
    let unit = try AGLU(using: Initializer(seed: 1))
    try unit.move(to: device)
    let adaptive = try ActivationPass(unit, parameters: unit.parameters.map(\.tensor), shape.sizes, dtype, on: device)
    let plain = try ActivationPass(SiLU(), parameters: [], shape.sizes, dtype, on: device)
    for pass in [adaptive, plain] { _ = try timed(pass, on: device) }
    var durations = (adaptive: [Duration](), plain: [Duration]())
    for _ in 0..<rounds {
      durations.plain.append(try timed(plain, on: device))
      durations.adaptive.append(try timed(adaptive, on: device))
    }
    guard let adaptive = TimingSummary(durations.adaptive), let plain = TimingSummary(durations.plain) else {
      return nil
    }
    return ActivationTimings.Map(
      shape: shape.sizes, adaptiveMilliseconds: adaptive, siluMilliseconds: plain, ratio: adaptive.median / plain.median
    )
  }

  private func timed(_ pass: ActivationPass, on device: Device) throws -> Duration {
    try measured {
      for _ in 0..<passes { try pass.run() }
      try device.synchronize()
    } / passes
  }
}

/// One pass of an activation forward and backward.
private struct ActivationPass {
  private let activation: any Layer
  private let inputs: [Tensor]
  private let incoming: Tensor

  init(_ activation: any Layer, parameters: [Tensor], _ shape: [Int], _ dtype: DType, on device: Device) throws {
    self.activation = activation
    // One image for all: drawing a large batch would take longer than what is measured.
    let image = try Initializer(seed: 2).uniform([1] + shape.dropFirst(), from: -4, to: 4).detached()
    let map = try image.to(device).to(dtype).expanded(shape).contiguous(.channelsLast)
    incoming = map
    inputs = try [map.clone().requiringGradient()] + parameters
  }

  func run() throws {
    _ = try gradients(of: [activation(inputs[0])], withRespectTo: inputs, weights: [incoming])
  }
}

/// The four sizes of a map, written as `128x16x32x32`.
struct BenchShape: ExpressibleByArgument {
  let sizes: [Int]

  init(sizes: [Int]) { self.sizes = sizes }

  init?(argument: String) {
    let sizes = argument.split(separator: "x", omittingEmptySubsequences: false).compactMap { Int($0) }
    guard sizes.count == 4, sizes.allSatisfy({ $0 > 0 }), argument.filter({ $0 == "x" }).count == 3 else { return nil }
    self.init(sizes: sizes)
  }

  var defaultValueDescription: String { sizes.map(String.init).joined(separator: "x") }
}

/// What `longtail-bench activations` says.
struct ActivationTimings: Encodable, CustomStringConvertible {
  /// A pass of both activations forward and backward over a map.
  struct Map: Encodable {
    let shape: [Int]
    let adaptiveMilliseconds: TimingSummary
    let siluMilliseconds: TimingSummary
    /// The adaptive unit's time over SiLU's.
    let ratio: Double
  }

  let device: String
  let precision: String
  let kernels: String
  let threads: Int
  let rounds: Int
  let passes: Int
  let maps: [Map]

  var description: String {
    let lines = maps.map {
      "  \($0.shape): AGLU \($0.adaptiveMilliseconds.median.text(3)) ms, SiLU "
        + "\($0.siluMilliseconds.median.text(3)) ms: \($0.ratio.text(2)) times"
    }
    return """
      forward and backward, \(precision), \(device), kernels \(kernels), \(threads) threads, \(rounds) rounds of \(passes)
      \(lines.joined(separator: "\n"))
      """
  }
}
