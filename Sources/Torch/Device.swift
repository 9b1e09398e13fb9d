import CLibTorch

/// The device that stores a tensor's elements and runs its operations.
public struct Device: Sendable, Hashable, CustomStringConvertible {
  /// The kind of a device. Raw values are those of LibTorch.
  public enum Kind: Int32, Sendable {
    /// The CPU.
    case cpu = 0
    /// An NVIDIA GPU.
    case cuda = 1
    /// An Apple GPU (untested).
    case mps = 13
  }

  /// The kind of this device.
  public let kind: Kind
  /// The index of the GPU; 0 for the CPU.
  public let index: Int

  /// The CPU.
  public static let cpu = Device(kind: .cpu, index: 0)

  /// The NVIDIA GPU with an index.
  public static func cuda(_ index: Int = 0) -> Device { Device(kind: .cuda, index: index) }

  /// The first GPU if one can be used, else the CPU.
  public static var bestAvailable: Device { Engine.cudaDeviceCount > 0 ? .cuda(0) : .cpu }

  /// Parses `auto`, `cpu`, `cuda` or `cuda:1`.
  /// - Throws: `TorchError.device` when the name is unknown or the device cannot be used here, with the reason.
  public init(named name: String) throws {
    switch name {
    case "auto": self = .bestAvailable
    case "cpu": self = .cpu
    case _ where name == "cuda" || name.hasPrefix("cuda:"):
      guard let index = name == "cuda" ? 0 : Int(name.dropFirst(5)), index >= 0 else { throw Device.unknown(name) }
      let count = Engine.cudaDeviceCount
      guard count > 0 else {
        let reason = Engine.cudaLoadError
        throw TorchError.device(
          "device \(name) cannot be used: \(reason.isEmpty ? "the driver reports no GPU" : reason); use --device cpu or auto"
        )
      }
      guard index < count else {
        throw TorchError.device(
          "device \(name) cannot be used: this machine has \(count) GPU(s), cuda:0 to cuda:\(count - 1)")
      }
      self = .cuda(index)
    default: throw Device.unknown(name)
    }
  }

  init(kind: Kind, index: Int) {
    self.kind = kind
    self.index = index
  }

  init(bits: UInt64) {
    kind = Kind(rawValue: Int32(truncatingIfNeeded: bits & 0xffff_ffff)) ?? .cpu
    index = max(0, Int(bits >> 32) - 1)
  }

  var bits: UInt64 {
    // In LibTorch tensors on the CPU have no index.
    let number = kind == .cpu ? 0 : UInt64(index + 1)
    return UInt64(kind.rawValue) | number << 32
  }

  /// Waits until all work queued on this device is done; does nothing on the CPU.
  public func synchronize() throws {
    try Engine.check(ct_synchronize(kind.rawValue, Int32(index)), "synchronize")
  }

  /// The name of the GPU; nil for the CPU and without the CUDA side library.
  public var hardwareName: String? {
    guard kind == .cuda, let table = try? CUDALibrary.table() else { return nil }
    var properties = CTCUDADevice()
    guard table.device_properties?(Int32(index), &properties) == 0 else { return nil }
    return withUnsafeBytes(of: properties.name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// `cpu`, `cuda:0`, …
  public var description: String { kind == .cpu ? "cpu" : "\(kind):\(index)" }

  private static func unknown(_ name: String) -> TorchError {
    .device("unknown device '\(name)'; use auto, cpu, cuda or cuda:N")
  }
}
