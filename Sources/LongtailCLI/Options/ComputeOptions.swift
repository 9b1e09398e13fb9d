import ArgumentParser
import Longtail

/// Where and in which arithmetic a command computes.
public struct ComputeOptions: ParsableArguments {
  @Option(
    name: .customLong("device"), help: "The device: auto (a GPU if there is one), cpu, cuda or cuda:N. Default: auto.")
  var givenDevice: String?
  @Option(
    name: .customLong("precision"),
    help:
      "The precision: float32, bfloat16 (autocast), or auto: bfloat16 where the hardware multiplies it. Default: auto.")
  var givenPrecision: String?
  @Option(
    name: .customLong("threads"),
    help: "Threads per operation on the CPU; 0 lets the engine choose. Default: 0.")
  var givenThreads: Int?

  /// Makes options for the parser to fill.
  public init() {}

  /// The choices as a run keeps them.
  public var choices: RunCompute {
    RunCompute {
      $0.device = givenDevice ?? $0.device
      $0.precision = givenPrecision ?? $0.precision
      $0.threads = givenThreads ?? $0.threads
    }
  }

  /// Refuses numbers outside their ranges.
  public func validate() throws {
    try OptionRange.check("--threads", givenThreads, in: 0...Engine.greatestThreadCount)
  }
}
