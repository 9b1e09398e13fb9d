/// Runs kernels: a GPU, or what stands in for one in tests.
package protocol KernelLauncher: Sendable {
  /// The kind of device whose tensors it takes.
  var device: Device.Kind { get }
  /// How launches are shaped.
  var tuning: LaunchTuning { get }

  /// Starts a kernel behind what the thread's current stream holds.
  ///
  /// - Parameters:
  ///   - name: the kernel.
  ///   - kernel: what it is a part of.
  ///   - device: where it runs.
  ///   - shape: threads and blocks.
  ///   - arguments: the addresses of its arguments, which are read before this returns.
  func launch(
    _ name: String, of kernel: FusedKernel, on device: Device, shape: LaunchShape,
    arguments: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  ) throws
}

extension KernelLauncher {
  /// Starts a kernel. The tensors are kept until it has been given to the stream; after that their memory is used again only by work
  /// that comes later on the same stream.
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
