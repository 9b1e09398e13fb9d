import Synchronization

/// Whether kernels of our own are used on the processor, where they are several of the engine's operations in one. They are, by default;
/// without them results are those of the engine's operations, bit for bit.
public enum ProcessorKernels {
  private static let flag = Atomic(true)

  /// Whether they are used.
  public static var areEnabled: Bool { flag.load(ordering: .relaxed) }

  /// Uses them or not, in the whole process.
  public static func setEnabled(_ enabled: Bool) { flag.store(enabled, ordering: .relaxed) }
}
