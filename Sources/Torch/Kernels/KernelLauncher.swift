/// Launches kernels on a GPU, or on an emulated one in tests.
package protocol KernelLauncher: Sendable {
  /// The kind of device whose tensors it accepts.
  var device: Device.Kind { get }
  /// The parameters of launch configurations.
  var tuning: LaunchTuning { get }

  /// Launches a kernel on the thread's current stream.
  ///
  /// - Parameters:
  ///   - name: the kernel.
  ///   - kernel: the fused kernel of which it is a part.
  ///   - device: the device.
  ///   - shape: threads and blocks.
  ///   - arguments: the addresses of its arguments, which are read before the call returns.
  func launch(
    _ name: String, of kernel: FusedKernel, on device: Device, shape: LaunchShape,
    arguments: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  ) throws
}

extension KernelLauncher {
  /// Launches a kernel. The tensors stay alive until it is on the stream; the allocator reuses their memory only for
  /// later work on the same stream.
  package func launch(
    _ name: String, of kernel: FusedKernel, on device: Device, shape: LaunchShape, _ arguments: [KernelArgument]
  ) throws {
    var words: [UInt64] = []
    var starts: [Int] = []
    for argument in arguments {
      starts.append(words.count)
      argument.append(to: &words)
    }
    try withExtendedLifetime(arguments) {
      try words.withUnsafeMutableBytes { bytes in
        var addresses = starts.map { start in bytes.baseAddress.map { $0 + start * 8 } }
        try launch(name, of: kernel, on: device, shape: shape, arguments: &addresses)
      }
    }
  }
}
