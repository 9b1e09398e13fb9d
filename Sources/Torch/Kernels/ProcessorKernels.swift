import Synchronization

/// Whether this package's fused CPU kernels are used, as they are by default. Without them results are bit for bit
/// those of LibTorch's operations.
public enum ProcessorKernels {
  private static let flag = Atomic(true)

  /// Whether they are used.
  public static var areEnabled: Bool { flag.load(ordering: .relaxed) }

  /// Enables or disables them in the whole process.
  public static func setEnabled(_ enabled: Bool) { flag.store(enabled, ordering: .relaxed) }
}
