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
    var autocast: DType? { self == .bfloat16 ? .bfloat16 : nil }
  }

  /// The device.
  public var device: Device
  /// The arithmetic.
  public var precision: Precision
  /// The order of picture tensors in memory.
  public var memoryFormat: MemoryFormat
  /// Whether steps are recorded as GPU graphs, where the pictures lie on a GPU. Has not been run on one yet.
  public var capturesSteps = false

  /// Settings for a device. Defaults: channels last, and bfloat16 where the processor or GPU multiplies it natively.
  public init(device: Device = .bestAvailable, precision: Precision? = nil, memoryFormat: MemoryFormat = .channelsLast)
  {
    self.device = device
    self.precision = precision ?? ComputeSettings.nativePrecision(of: device)
    self.memoryFormat = memoryFormat
  }

  /// What runs the steps of a stage: recorded where that is wanted, and the device and the stage's pictures allow it.
  func stepRunner(canCapture: Bool) throws -> any StepRunner {
    capturesSteps && canCapture && device.kind == .cuda ? try CapturedSteps(on: device) : EagerSteps()
  }

  /// Runs training on a stream of its own where steps are recorded: those of the default stream cannot be.
  func onTrainingStream<Result>(_ body: () throws -> Result) throws -> Result {
    guard capturesSteps, device.kind == .cuda else { return try body() }
    return try CUDAStream.fromPool(on: device).withCurrent(on: device, body)
  }

  private static func nativePrecision(of device: Device) -> Precision {
    device.kind == .cuda || Processor.multipliesBFloat16 ? .bfloat16 : .float32
  }
}
