import CLibTorch

/// What the engine holds of a GPU's memory, in bytes.
public struct CUDAMemory: Sendable, Codable, Equatable {
  /// In tensors, now.
  public let allocated: Int
  /// In tensors, at most since the last reset.
  public let allocatedPeak: Int
  /// Taken from the device, now.
  public let reserved: Int
  /// Taken from the device, at most since the last reset.
  public let reservedPeak: Int

  /// Reads a device.
  public static func reading(of device: Device) throws -> CUDAMemory {
    var value = CTCUDAMemory()
    try CUDALibrary.call("memory_statistics") { $0.memory_statistics?(Int32(device.index), &value) }
    return CUDAMemory(
      allocated: Int(value.allocated), allocatedPeak: Int(value.allocated_peak), reserved: Int(value.reserved),
      reservedPeak: Int(value.reserved_peak))
  }

  /// Lets peaks begin anew.
  public static func resetPeaks(of device: Device) throws {
    try CUDALibrary.call("memory_reset_peak") { $0.memory_reset_peak?(Int32(device.index)) }
  }
}
