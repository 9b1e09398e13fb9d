import CLibTorch

/// An operator of LibTorch's dispatcher, looked up once.
///
/// Operators without a method on `Tensor` can be called directly: `try Operator("aten::erfinv")(.tensor(x))`.
public struct Operator: @unchecked Sendable {
  /// The full name, such as `aten::add.Tensor`.
  public let name: String
  private let handle: OpaquePointer

  /// Looks up an operator.
  /// - Precondition: LibTorch has it.
  public init(_ name: String, _ overload: String = "") {
    Engine.start()
    self.name = overload.isEmpty ? name : name + "." + overload
    guard let found = ct_operator(name, overload) else {
      preconditionFailure("\(self.name): \(Engine.lastError)")
    }
    handle = found
  }

  // Overloads with fixed numbers of arguments avoid array allocations.

  /// Calls an operator with one result.
  @inline(__always)
  public func callAsFunction(_ a: OperatorArgument) throws -> Tensor {
    try withExtendedLifetime(a.owner) {
      var values = a.raw
      return try single(&values, 1) { [a] }
    }
  }

  /// Calls an operator with one result.
  @inline(__always)
  public func callAsFunction(_ a: OperatorArgument, _ b: OperatorArgument) throws -> Tensor {
    try withExtendedLifetime((a.owner, b.owner)) {
      var values = (a.raw, b.raw)
      return try single(&values, 2) { [a, b] }
    }
  }

  /// Calls an operator with one result.
  @inline(__always)
  public func callAsFunction(_ a: OperatorArgument, _ b: OperatorArgument, _ c: OperatorArgument) throws -> Tensor {
    try withExtendedLifetime((a.owner, b.owner, c.owner)) {
      var values = (a.raw, b.raw, c.raw)
      return try single(&values, 3) { [a, b, c] }
    }
  }

  /// Calls an operator with one result.
  @inline(__always)
  public func callAsFunction(_ a: OperatorArgument, _ b: OperatorArgument, _ c: OperatorArgument, _ d: OperatorArgument)
    throws -> Tensor
  {
    try withExtendedLifetime((a.owner, b.owner, c.owner, d.owner)) {
      var values = (a.raw, b.raw, c.raw, d.raw)
      return try single(&values, 4) { [a, b, c, d] }
    }
  }

  /// Calls an operator with one result and any number of arguments.
  public func callAsFunction(_ arguments: [OperatorArgument]) throws -> Tensor {
    var raw = arguments.map(\.raw)
    return try withExtendedLifetime(arguments) {
      try raw.withUnsafeMutableBytes { bytes in
        try single(pointer: bytes.bindMemory(to: CTValue.self).baseAddress, arguments.count) { arguments }
      }
    }
  }

  /// Calls an operator with several results and returns the tensors among them, nil for undefined ones.
  /// - Parameters:
  ///   - arguments: in the operator's order.
  ///   - capacity: the largest number of results.
  public func results(_ arguments: [OperatorArgument], capacity: Int = 8) throws -> [Tensor?] {
    let raw = arguments.map(\.raw)
    return try withExtendedLifetime(arguments) {
      try withUnsafeTemporaryAllocation(of: CTValue.self, capacity: capacity) { results in
        let count = raw.withUnsafeBufferPointer {
          ct_call(handle, $0.baseAddress, Int32(arguments.count), results.baseAddress, Int32(capacity))
        }
        guard count >= 0 else { throw failure(arguments) }
        return (0..<Int(count)).map { tensor(results[$0]) }
      }
    }
  }

  /// Calls an operator for its side effect.
  public func perform(_ arguments: [OperatorArgument]) throws {
    _ = try results(arguments, capacity: 8)
  }

  @inline(__always)
  private func single<Values>(_ values: inout Values, _ count: Int, _ arguments: () -> [OperatorArgument]) throws
    -> Tensor
  {
    try withUnsafePointer(to: &values) { pointer in
      try pointer.withMemoryRebound(to: CTValue.self, capacity: count) { try single(pointer: $0, count, arguments) }
    }
  }

  @inline(__always)
  private func single(pointer: UnsafePointer<CTValue>?, _ count: Int, _ arguments: () -> [OperatorArgument]) throws
    -> Tensor
  {
    var result = CTValue(tag: 0, count: 0, bits: 0)
    let produced = ct_call(handle, pointer, Int32(count), &result, 1)
    guard produced == 1, let value = tensor(result) else {
      if produced >= 0 {
        throw TorchError.operation(
          name: name, arguments: "", reason: "returned \(produced) values instead of one tensor")
      }
      throw failure(arguments())
    }
    return value
  }

  @inline(__always)
  private func tensor(_ value: CTValue) -> Tensor? {
    guard value.tag == Int32(CT_TENSOR), let handle = OpaquePointer(bitPattern: UInt(value.bits)) else { return nil }
    return Tensor(owning: handle)
  }

  private func failure(_ arguments: [OperatorArgument]) -> TorchError {
    // The message is that of this thread's last call; describing the arguments makes further calls, so read it first.
    let reason = Engine.lastError
    return .operation(name: name, arguments: arguments.map(\.description).joined(separator: ", "), reason: reason)
  }
}
