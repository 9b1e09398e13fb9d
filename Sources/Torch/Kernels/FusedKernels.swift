import CLibTorch
import Synchronization

/// Which kernels of our own are used on which GPU. None is, unless it was enabled.
///
/// Every fused kernel has a plain twin made of the engine's operations, which computes the same and runs wherever the kernel is not
/// enabled or cannot take its input (another element type, memory format or size).
///
/// ```swift
/// try FusedKernels.enable([.batchNormalization, .softmaxLoss], on: .cuda(0))
/// ```
///
/// The kernels are compiled for the device when they are enabled, by NVRTC, which comes with the engine. They have been run on an
/// emulation of a GPU only, so compare them with their twins on a device before they are trusted on it.
public enum FusedKernels {
  private static let enabledKernels = Mutex<[Device: Set<FusedKernel>]>([:])
  /// Asked before everything else: mostly nothing is enabled.
  private static let isAnyEnabled = Atomic(false)
  /// Runs kernels where there is no GPU.
  @TaskLocal package static var standIn: (any KernelLauncher)?

  /// Compiles kernels for a device, loads them, and uses them from now on. To be called before steps are captured.
  /// - Throws: `TorchError.device` where the side library cannot be used, `TorchError.operation` with the compiler's text.
  public static func enable(_ kernels: Set<FusedKernel>, on device: Device) throws {
    try prepare(kernels, on: device)
    enabledKernels.withLock { $0[device, default: []].formUnion(kernels) }
    if !kernels.isEmpty { isAnyEnabled.store(true, ordering: .relaxed) }
  }

  /// Compiles kernels for a device and loads them, without using them yet.
  public static func prepare(_ kernels: Set<FusedKernel>, on device: Device) throws {
    guard !kernels.isEmpty else { return }
    guard device.kind == .cuda else {
      throw TorchError.device("fused kernels run on NVIDIA GPUs, not on \(device); leave them off")
    }
    for kernel in kernels {
      for name in kernel.kernelNames { try CUDAKernelLauncher.shared.prepare(name, of: kernel, on: device) }
    }
  }

  /// Goes back to the plain twins on all devices.
  public static func disable() {
    enabledKernels.withLock { $0 = [:] }
    isAnyEnabled.store(false, ordering: .relaxed)
  }

  /// The kernels that are used on a device.
  public static func enabled(on device: Device) -> Set<FusedKernel> { enabledKernels.withLock { $0[device] ?? [] } }

  /// What runs a kernel on a device, or nil where its plain twin is to be used.
  package static func launcher(for kernel: FusedKernel, on device: Device) -> (any KernelLauncher)? {
    if let standIn { return standIn.device == device.kind ? standIn : nil }
    guard isAnyEnabled.load(ordering: .relaxed) else { return nil }
    return enabled(on: device).contains(kernel) ? CUDAKernelLauncher.shared : nil
  }

  /// What runs kernels on a device whether they are enabled or not: for comparisons.
  package static func launcher(forComparisonOn device: Device) throws -> any KernelLauncher {
    if let standIn, standIn.device == device.kind { return standIn }
    try prepare(Set(FusedKernel.allCases), on: device)
    return CUDAKernelLauncher.shared
  }
}
