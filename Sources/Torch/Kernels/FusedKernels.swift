import CLibTorch
import Synchronization

/// The fused GPU kernels that are enabled on each device. By default none is.
///
/// Every fused kernel has a reference implementation of LibTorch operations, which is used if the kernel is not enabled
/// or does not accept its input (another element type, memory format or size).
///
/// ```swift
/// try FusedKernels.enable([.batchNormalization, .softmaxLoss], on: .cuda(0))
/// ```
///
/// Enabling compiles the kernels for the device with NVRTC, which is part of LibTorch. They have been tested on an
/// emulated GPU only, so compare them with their reference implementations on a device before relying on them.
public enum FusedKernels {
  private static let enabledKernels = Mutex<[Device: Set<FusedKernel>]>([:])
  /// A quick check that avoids the lock in the usual case without enabled kernels.
  private static let isAnyEnabled = Atomic(false)
  /// A launcher that emulates a GPU, for tests.
  @TaskLocal package static var standIn: (any KernelLauncher)?

  /// Compiles and loads kernels for a device and enables them. Must be called before steps are captured.
  /// - Throws: `TorchError.device` where the side library cannot be used, `TorchError.operation` with the compiler's
  ///   text.
  public static func enable(_ kernels: Set<FusedKernel>, on device: Device) throws {
    try prepare(kernels, on: device)
    enabledKernels.withLock { $0[device, default: []].formUnion(kernels) }
    if !kernels.isEmpty { isAnyEnabled.store(true, ordering: .relaxed) }
  }

  /// Compiles and loads kernels for a device without enabling them.
  public static func prepare(_ kernels: Set<FusedKernel>, on device: Device) throws {
    guard !kernels.isEmpty else { return }
    guard device.kind == .cuda else {
      throw TorchError.device("fused kernels run on NVIDIA GPUs, not on \(device); leave them off")
    }
    for kernel in kernels {
      for name in kernel.kernelNames { try CUDAKernelLauncher.shared.prepare(name, of: kernel, on: device) }
    }
  }

  /// Disables all kernels on all devices.
  public static func disable() {
    enabledKernels.withLock { $0 = [:] }
    isAnyEnabled.store(false, ordering: .relaxed)
  }

  /// The kernels that are enabled on a device.
  public static func enabled(on device: Device) -> Set<FusedKernel> { enabledKernels.withLock { $0[device] ?? [] } }

  /// The launcher of a kernel on a device; nil if the kernel is not enabled.
  package static func launcher(for kernel: FusedKernel, on device: Device) -> (any KernelLauncher)? {
    if let standIn { return standIn.device == device.kind ? standIn : nil }
    guard isAnyEnabled.load(ordering: .relaxed) else { return nil }
    return enabled(on: device).contains(kernel) ? CUDAKernelLauncher.shared : nil
  }

  /// The launcher of a device whether kernels are enabled or not, for comparisons.
  package static func launcher(forComparisonOn device: Device) throws -> any KernelLauncher {
    if let standIn, standIn.device == device.kind { return standIn }
    try prepare(Set(FusedKernel.allCases), on: device)
    return CUDAKernelLauncher.shared
  }
}
