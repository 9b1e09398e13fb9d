import CLibTorch
import Synchronization

/// Launches kernels on NVIDIA GPUs through the CUDA side library.
final class CUDAKernelLauncher: KernelLauncher {
  private struct Key: Hashable {
    let name: String
    let device: Int
  }

  static let shared = CUDAKernelLauncher()
  let device = Device.Kind.cuda
  let tuning = LaunchTuning()
  /// The addresses of loaded kernels, which stay valid until the program ends.
  private let loaded = Mutex<[Key: UInt]>([:])

  /// Compiles and loads a kernel unless that has been done. Not allowed during capture.
  @discardableResult
  func prepare(_ name: String, of kernel: FusedKernel, on device: Device) throws -> OpaquePointer {
    let key = Key(name: name, device: device.index)
    if let found = loaded.withLock({ $0[key] }).flatMap(OpaquePointer.init(bitPattern:)) { return found }
    var pointer: OpaquePointer?
    try CUDALibrary.call("kernel_find") { $0.kernel_find?(Int32(device.index), kernel.source, name, &pointer) }
    guard let pointer else { throw TorchError.operation(name: name, arguments: "", reason: "no kernel was returned") }
    loaded.withLock { $0[key] = UInt(bitPattern: pointer) }
    return pointer
  }

  func launch(
    _ name: String, of kernel: FusedKernel, on device: Device, shape: LaunchShape,
    arguments: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  ) throws {
    let pointer = try prepare(name, of: kernel, on: device)
    var launch = CTCUDALaunch(
      grid: (UInt32(shape.grid.x), UInt32(shape.grid.y), 1), block: (UInt32(shape.block.x), UInt32(shape.block.y), 1),
      block_memory: UInt32(shape.blockMemory))
    try CUDALibrary.call(name) { $0.kernel_launch?(pointer, &launch, arguments) }
  }
}
