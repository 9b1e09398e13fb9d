import Torch

/// Where and how a run computes.
public struct ComputeSettings: Sendable, Equatable {
  /// The arithmetic of convolutions and matrix products. Losses and normalisation statistics are always in float32.
  public enum Precision: String, Sendable, Codable, CaseIterable {
    /// Single precision throughout.
    case float32
    /// bfloat16 where it pays.
    case bfloat16

    /// What autocast computes in, or nil for no autocast.
    public var autocast: DType? { self == .bfloat16 ? .bfloat16 : nil }
  }

  /// What parts of a step are made of for which there are kernels of our own.
  public enum Kernels: String, Sendable, Codable, CaseIterable {
    /// The engine's operations, with the engine's bits.
    case plain
    /// Kernels of our own that do several operations in one.
    case fused
  }

  /// The device.
  public var device: Device
  /// The arithmetic.
  public var precision: Precision
  /// The order of image tensors in memory.
  public var memoryFormat: MemoryFormat
  /// Whether steps are captured as CUDA graphs. Has not been run on a GPU yet, so it is off by default.
  public var capturesSteps = false
  /// Steps per graph replay, where so many whole batches follow each other.
  public var stepsPerReplay = 1
  /// Whether a GPU may round the factors of float32 products to 10 bits (TF32).
  public var usesTF32 = false
  /// Whether only algorithms are used that give the same bits each time; slower on GPUs.
  public var isDeterministic = false

  /// Whether kernels of our own are used: by default on the processor, where they were measured to pay, and not on a GPU, where they have
  /// not run yet.
  public var kernels: Kernels

  /// Settings for a device. Defaults: channels last, and bfloat16 where the processor or GPU multiplies it natively.
  public init(device: Device = .bestAvailable, precision: Precision? = nil, memoryFormat: MemoryFormat = .channelsLast)
  {
    self.device = device
    self.precision = precision ?? ComputeSettings.nativePrecision(of: device)
    self.memoryFormat = memoryFormat
    kernels = device.kind == .cpu ? .fused : .plain
  }

  /// What was chosen beside device and precision, for the record of a run.
  public var summary: [String] {
    var summary = [memoryFormat == .channelsLast ? "channels last" : "contiguous"]
    summary.append("\(kernels.rawValue) kernels")
    if usesCUDAGraphs { summary.append("\(stepsPerReplay) captured step\(stepsPerReplay == 1 ? "" : "s") per replay") }
    if device.kind == .cuda, usesTF32 { summary.append("TF32") }
    if device.kind == .cuda, isDeterministic { summary.append("deterministic") }
    return summary
  }

  /// Whether steps are captured as CUDA graphs on this device.
  public var usesCUDAGraphs: Bool { capturesSteps && device.kind == .cuda }

  /// What runs the steps of a stage: captured where that is wanted and the device allows it.
  func stepRunner(notice: (@Sendable (String) -> Void)? = nil) throws -> any StepRunner {
    usesCUDAGraphs ? try CapturedSteps(on: device, stepsPerRun: stepsPerReplay, notice: notice) : EagerSteps()
  }

  /// Applies the settings to the engine. Convolutions try their algorithms once per shape, which must happen before a capture.
  public func apply() throws {
    guard device.kind == .cuda else { return ProcessorKernels.setEnabled(kernels == .fused) }
    if kernels == .fused {
      try FusedKernels.enable(Set(FusedKernel.allCases), on: device)
    } else {
      FusedKernels.disable()
    }
    try Engine.setTF32(usesTF32)
    try Engine.setConvolutionTrials(!isDeterministic)
    try Engine.setDeterministic(isDeterministic)
  }

  private static func nativePrecision(of device: Device) -> Precision {
    device.kind == .cuda || Processor.multipliesBFloat16 ? .bfloat16 : .float32
  }
}
