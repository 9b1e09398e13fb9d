import CLibTorch
import Synchronization

/// The number of copies between Swift memory and tensors.
private let transfers = Atomic<Int>(0)

extension Engine {
  /// The number of copies between Swift memory and tensors in this process. A training step should make none: on a GPU
  /// they synchronise.
  public static var hostTransferCount: Int { transfers.load(ordering: .relaxed) }
}

/// Conversion between Swift arrays and tensors.
extension Tensor {
  /// A tensor that holds a copy of `values` in row-major order.
  /// - Throws: `TorchError` when the shape does not hold exactly that many elements.
  public convenience init<Element: TensorElement>(_ values: [Element], shape: [Int]? = nil, on device: Device = .cpu)
    throws
  {
    let pointer = try values.withUnsafeBytes { bytes in
      try Tensor.handle(copying: bytes, dtype: Element.dtype, shape: shape ?? [values.count])
    }
    if device == .cpu {
      self.init(owning: pointer)
    } else {
      let host = Tensor(owning: pointer)
      let moved = try host.to(device)
      self.init(owning: ct_tensor_retain(moved.handle))
    }
  }

  /// A tensor without axes.
  public convenience init<Element: TensorElement>(scalar value: Element, on device: Device = .cpu) throws {
    try self.init([value], shape: [], on: device)
  }

  /// A CPU tensor that holds a copy of raw elements in row-major order.
  public convenience init(copying bytes: UnsafeRawBufferPointer, dtype: DType, shape: [Int]) throws {
    self.init(owning: try Tensor.handle(copying: bytes, dtype: dtype, shape: shape))
  }

  /// A CPU tensor that holds a copy of raw elements in row-major order, from memory that is valid only during a call.
  public convenience init(
    dtype: DType, shape: [Int], copying lend: ((UnsafeRawBufferPointer) throws -> OpaquePointer) throws -> OpaquePointer
  ) throws {
    self.init(owning: try lend { try Tensor.handle(copying: $0, dtype: dtype, shape: shape) })
  }

  /// The elements in row-major order.
  /// - Throws: `TorchError.elementType` when the tensor has another element type.
  public func values<Element: TensorElement>(as type: Element.Type) throws -> [Element] {
    guard dtype == Element.dtype else {
      throw TorchError.elementType(function: "values(as:)", expected: "\(Element.dtype)", actual: "\(dtype)")
    }
    return try withHostBytes { bytes in Array(bytes.bindMemory(to: Element.self)) }
  }

  /// The elements as doubles in row-major order, converted from any type.
  public func doubles() throws -> [Double] { try detached().to(.float64).values(as: Double.self) }

  /// The elements as single-precision numbers in row-major order, converted from any type.
  public func floats() throws -> [Float] { try detached().to(.float32).values(as: Float.self) }

  /// The elements as integers in row-major order, converted from any type.
  public func integers() throws -> [Int] { try detached().to(.int64).values(as: Int.self) }

  /// The only element as a double. On a GPU this synchronises.
  public func item() throws -> Double {
    guard elementCount == 1 else {
      throw TorchError.shape(function: "item", expected: "one element", actual: "\(shape)")
    }
    return try doubles()[0]
  }

  /// Calls `body` with the elements in row-major order in CPU memory.
  public func withHostBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
    transfers.add(1, ordering: .relaxed)
    let host = try detached().to(.cpu).contiguous()
    return try withExtendedLifetime(host) {
      let start = ct_tensor_data(host.handle)
      guard start != nil || host.elementCount == 0 else {
        throw TorchError.operation(
          name: "elements", arguments: summary, reason: "the tensor has no readable memory")
      }
      return try body(UnsafeRawBufferPointer(start: start, count: host.elementCount * host.dtype.byteCount))
    }
  }

  /// Calls `body` with the elements of a contiguous CPU tensor, for writing in place.
  /// - Throws: `TorchError.shape` when the tensor is on a GPU or not contiguous.
  public func withMutableHostBytes<Result>(_ body: (UnsafeMutableRawBufferPointer) throws -> Result) throws -> Result {
    guard device == .cpu, isContiguous() else {
      throw TorchError.shape(
        function: "withMutableHostBytes", expected: "a contiguous CPU tensor", actual: summary)
    }
    return try withExtendedLifetime(self) {
      try body(UnsafeMutableRawBufferPointer(start: ct_tensor_data(handle), count: elementCount * dtype.byteCount))
    }
  }

  /// Whether two tensors have the same shape, type and elements.
  public func isEqual(to other: Tensor) throws -> Bool {
    let result = ct_tensor_equal(handle, other.handle)
    try Engine.check(result, "equal")
    return result == 1
  }

  private static func handle(copying bytes: UnsafeRawBufferPointer, dtype: DType, shape: [Int]) throws -> OpaquePointer
  {
    Engine.start()
    transfers.add(1, ordering: .relaxed)
    let sizes = shape.map(Int64.init)
    guard
      let made = ct_tensor_from_bytes(bytes.baseAddress, Int64(bytes.count), dtype.rawValue, sizes, Int32(sizes.count))
    else {
      throw TorchError.operation(name: "tensor from bytes", arguments: "\(dtype)\(shape)", reason: Engine.lastError)
    }
    return made
  }
}
