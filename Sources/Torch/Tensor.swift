import CLibTorch

/// A dense array of numbers on a device, with automatic differentiation.
///
/// An instance owns one reference to a LibTorch tensor, which it releases with itself. Functions whose name is a
/// mutating verb (`add(_:)`, `copy(from:)`) change elements in place; all others return a new tensor. Tensors may be
/// sent between threads; callers must not write to one from two threads at once.
public final class Tensor: @unchecked Sendable {
  let handle: OpaquePointer

  /// Takes ownership of one reference.
  @inline(__always)
  init(owning handle: OpaquePointer) {
    self.handle = handle
  }

  deinit { ct_tensor_release(handle) }

  /// The length of each axis.
  public var shape: [Int] {
    let count = rank
    return [Int](unsafeUninitializedCapacity: count) { buffer, written in
      written = buffer.withMemoryRebound(to: Int64.self) {
        Swift.max(0, Int(ct_tensor_shape(handle, $0.baseAddress, Int32(count))))
      }
    }
  }

  /// The stride of each axis, in elements.
  public var strides: [Int] {
    let count = rank
    return [Int](unsafeUninitializedCapacity: count) { buffer, written in
      written = buffer.withMemoryRebound(to: Int64.self) {
        Swift.max(0, Int(ct_tensor_strides(handle, $0.baseAddress, Int32(count))))
      }
    }
  }

  /// The number of axes.
  public var rank: Int { Int(ct_tensor_dimensions(handle)) }

  /// The number of elements.
  public var elementCount: Int { Int(ct_tensor_element_count(handle)) }

  /// The element type.
  public var dtype: DType { DType(rawValue: ct_tensor_dtype(handle)) ?? .float32 }

  /// The device that holds the elements.
  public var device: Device { Device(bits: ct_tensor_device(handle)) }

  /// Whether the tensor is contiguous in a memory format.
  public func isContiguous(_ format: MemoryFormat = .contiguous) -> Bool {
    ct_tensor_is_contiguous(handle, Int32(format.rawValue))
  }

  /// Whether autograd computes a gradient for this tensor.
  public var requiresGradient: Bool { ct_tensor_requires_grad(handle) }

  /// Sets whether a leaf requires a gradient.
  @discardableResult
  public func requiringGradient(_ required: Bool = true) throws -> Tensor {
    try Engine.check(ct_tensor_set_requires_grad(handle, required), "requires gradient")
    return self
  }

  /// Whether this tensor is a leaf: not the result of a recorded operation.
  public var isLeaf: Bool { ct_tensor_is_leaf(handle) }

  /// The accumulated gradient of a leaf.
  public var gradient: Tensor? { ct_tensor_grad(handle).map(Tensor.init(owning:)) }

  /// Replaces or removes the accumulated gradient.
  public func setGradient(_ gradient: Tensor?) throws {
    try Engine.check(ct_tensor_set_grad(handle, gradient?.handle), "set gradient")
  }

  /// Replaces storage, shape, type and device by those of `source`; every reference to this tensor sees the new
  /// elements.
  public func setData(_ source: Tensor) throws {
    try Engine.check(ct_tensor_set_data(handle, source.handle), "set data")
  }

  /// Element type and shape, such as `float32[128, 3, 32, 32]`, and the device unless it is the CPU.
  public var summary: String { "\(dtype)\(shape)" + (device == .cpu ? "" : " on \(device)") }
}

extension Tensor: CustomStringConvertible {
  /// The summary, and the elements if there are at most 64.
  public var description: String {
    guard elementCount <= 64, let values = try? doubles() else { return summary }
    return "\(summary) \(values)"
  }
}
