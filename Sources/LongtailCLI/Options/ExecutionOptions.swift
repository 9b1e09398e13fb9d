import ArgumentParser
import Longtail

/// How training steps are executed, on a GPU above all.
public struct ExecutionOptions: ParsableArguments {
  /// Whether training steps are captured as CUDA graphs.
  @Flag(help: "Capture training steps as CUDA graphs. Not yet tested on a GPU; off by default.")
  public var cudaGraphs = false
  @Option(
    name: .customLong("steps-per-replay"), help: "Training steps per graph replay; needs --cuda-graphs. Default: 1.")
  var givenStepsPerReplay: Int?
  @Option(
    name: .customLong("kernels"),
    help: "Kernels: fused (several operations in one), plain (the engine's), or auto, the faster ones. Default: auto.")
  var givenKernels: String?
  @Flag(help: "Allow TF32 in float32 matrix products and convolutions on a GPU.")
  var tensorFloat32 = false
  @Flag(help: "Use only deterministic GPU algorithms; slower.")
  var deterministic = false

  /// Makes options for the parser to fill.
  public init() {}

  /// Notes the choices for a run.
  ///
  /// - Parameter compute: what the run asks for.
  public func apply(to compute: inout RunCompute) {
    compute.cudaGraphs = cudaGraphs
    compute.stepsPerReplay = givenStepsPerReplay ?? compute.stepsPerReplay
    compute.kernels = givenKernels ?? compute.kernels
    compute.allowsTF32 = tensorFloat32
    compute.isDeterministic = deterministic
  }

  /// Refuses options that only a GPU can follow where the run computes on the CPU.
  ///
  /// - Parameter device: where the run computes.
  public func check(on device: Device) throws {
    let given = [
      ("--cuda-graphs", cudaGraphs), ("--tensor-float32", tensorFloat32), ("--deterministic", deterministic),
    ]
    guard device.kind != .cuda, let option = given.first(where: \.1)?.0 else { return }
    throw ValidationError("\(option) is for GPUs, and this run computes on the CPU; leave it out.")
  }

  /// Refuses numbers outside their ranges and options that need another one.
  public func validate() throws {
    try OptionRange.check("--steps-per-replay", givenStepsPerReplay, in: 1...1024)
    if let givenKernels, givenKernels != "auto", ComputeSettings.Kernels(rawValue: givenKernels) == nil {
      throw ValidationError("--kernels is '\(givenKernels)', but must be auto, plain or fused.")
    }
    if givenStepsPerReplay ?? 1 > 1, !cudaGraphs {
      throw ValidationError("--steps-per-replay needs --cuda-graphs.")
    }
  }
}
