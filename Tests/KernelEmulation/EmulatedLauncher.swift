import CKernelEmulation
import Synchronization
import Torch

/// Runs kernels on the processor, on tensors of the processor.
public struct EmulatedLauncher: KernelLauncher {
  /// The order in which the threads of a block take turns.
  public enum Order: Int32, Sendable, CaseIterable {
    case ascending = 0
    case descending = 1
    case shuffled = 2
  }

  package let device = Device.Kind.cpu
  package var tuning = LaunchTuning()
  /// The order of threads and blocks.
  public var order = Order.ascending
  /// The kernels that were started.
  public let started = LaunchRecord()

  /// Launches as on a device, threads in ascending order.
  public init() {}

  package func launch(
    _ name: String, of kernel: FusedKernel, on device: Device, shape: LaunchShape,
    arguments: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  ) throws {
    started.add(name)
    var launch = CKELaunch(
      grid: (UInt32(shape.grid.x), UInt32(shape.grid.y), 1), block: (UInt32(shape.block.x), UInt32(shape.block.y), 1),
      block_memory: UInt32(shape.blockMemory), order: order.rawValue)
    var message = [CChar](repeating: 0, count: 500)
    guard cke_launch(name, &launch, arguments, &message, Int32(message.count)) == 0 else {
      let text = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      throw TorchError.operation(name: name, arguments: "", reason: text)
    }
  }

  /// Runs `body` with these kernels in place of the plain twins.
  public func run<Result>(_ body: () throws -> Result) rethrows -> Result {
    try FusedKernels.$standIn.withValue(self) { try body() }
  }

  /// The names of all kernels.
  public static var kernelNames: [String] {
    (0..<cke_kernel_count()).map { String(cString: cke_kernel_name($0)) }
  }
}

/// The kernels that were started, in order.
public final class LaunchRecord: Sendable {
  private let names = Mutex<[String]>([])

  /// All of them.
  public var all: [String] { names.withLock { $0 } }
  func add(_ name: String) { names.withLock { $0.append(name) } }
}
