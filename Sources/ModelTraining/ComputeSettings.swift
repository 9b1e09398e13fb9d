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

  /// Settings for a device. Defaults: channels last, and bfloat16 where the processor or GPU multiplies it natively.
  public init(device: Device = .bestAvailable, precision: Precision? = nil, memoryFormat: MemoryFormat = .channelsLast)
  {
    self.device = device
    self.precision = precision ?? ComputeSettings.nativePrecision(of: device)
    self.memoryFormat = memoryFormat
  }

  private static func nativePrecision(of device: Device) -> Precision {
    device.kind == .cuda || Processor.multipliesBFloat16 ? .bfloat16 : .float32
  }
}
