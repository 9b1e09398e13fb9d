import CLibTorch

/// Statistics of LibTorch's CUDA allocator, in bytes.
public struct CUDAMemory: Sendable, Codable, Equatable {
  /// Currently allocated for tensors.
  public let allocated: Int
  /// The peak of `allocated` since the last reset.
  public let allocatedPeak: Int
  /// Currently reserved on the device.
  public let reserved: Int
  /// The peak of `reserved` since the last reset.
  public let reservedPeak: Int

  /// The statistics of a device.
  public static func reading(of device: Device) throws -> CUDAMemory {
    var value = CTCUDAMemory()
    try CUDALibrary.call("memory_statistics") { $0.memory_statistics?(Int32(device.index), &value) }
    return CUDAMemory(
      allocated: Int(value.allocated), allocatedPeak: Int(value.allocated_peak), reserved: Int(value.reserved),
      reservedPeak: Int(value.reserved_peak))
  }

  /// Resets peak statistics.
  public static func resetPeaks(of device: Device) throws {
    try CUDALibrary.call("memory_reset_peak") { $0.memory_reset_peak?(Int32(device.index)) }
  }
}
