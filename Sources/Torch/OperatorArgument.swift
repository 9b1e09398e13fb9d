import CLibTorch

/// One argument of an operator call. It keeps the memory it points to alive until the call has returned.
public struct OperatorArgument {
  let raw: CTValue
  let owner: AnyObject?

  init(tag: Int, bits: UInt64, count: Int = 0, owner: AnyObject? = nil) {
    raw = CTValue(tag: Int32(tag), count: Int32(count), bits: bits)
    self.owner = owner
  }

  /// An optional argument that is not given.
  public static var none: OperatorArgument { OperatorArgument(tag: CT_NONE, bits: 0) }
  /// The operator's own default.
  public static var standard: OperatorArgument { OperatorArgument(tag: CT_DEFAULT, bits: 0) }

  /// A tensor.
  @inline(__always)
  public static func tensor(_ value: Tensor) -> OperatorArgument {
    OperatorArgument(tag: CT_TENSOR, bits: UInt64(UInt(bitPattern: value.handle)), owner: value)
  }

  /// An optional tensor.
  public static func tensor(_ value: Tensor?) -> OperatorArgument {
    guard let value else { return .none }
    return .tensor(value)
  }

  /// An integer: sizes, axes, enumerations, or an integer scalar.
  @inline(__always)
  public static func int(_ value: Int) -> OperatorArgument {
    OperatorArgument(tag: CT_INT, bits: UInt64(bitPattern: Int64(value)))
  }

  /// A floating-point number.
  @inline(__always)
  public static func double(_ value: Double) -> OperatorArgument {
    OperatorArgument(tag: CT_DOUBLE, bits: value.bitPattern)
  }

  /// A Boolean.
  @inline(__always)
  public static func bool(_ value: Bool) -> OperatorArgument { OperatorArgument(tag: CT_BOOL, bits: value ? 1 : 0) }

  /// An element type.
  public static func dtype(_ value: DType) -> OperatorArgument { .int(Int(value.rawValue)) }

  /// A device.
  public static func device(_ value: Device) -> OperatorArgument { OperatorArgument(tag: CT_DEVICE, bits: value.bits) }

  /// A list of integers: a shape, axes, a stride.
  public static func ints(_ values: [Int]) -> OperatorArgument {
    let list = ListStorage<Int64>(values.lazy.map(Int64.init), count: values.count, keeping: nil)
    return OperatorArgument(tag: CT_INTS, bits: list.bits, count: values.count, owner: list)
  }

  /// A list of tensors.
  public static func tensors(_ values: [Tensor]) -> OperatorArgument {
    let list = ListStorage<OpaquePointer?>(values.lazy.map { $0.handle }, count: values.count, keeping: values)
    return OperatorArgument(tag: CT_TENSORS, bits: list.bits, count: values.count, owner: list)
  }

  /// A list of optional tensors, for indexing operators.
  public static func optionalTensors(_ values: [Tensor?]) -> OperatorArgument {
    let list = ListStorage<OpaquePointer?>(
      values.lazy.map { $0?.handle }, count: values.count, keeping: values.compactMap { $0 })
    return OperatorArgument(tag: CT_OPTIONAL_TENSORS, bits: list.bits, count: values.count, owner: list)
  }

  /// The argument in error messages.
  var description: String {
    switch Int(raw.tag) {
    case CT_NONE: "none"
    case CT_DEFAULT: "default"
    case CT_TENSOR: (owner as? Tensor)?.summary ?? "tensor"
    case CT_INT: "\(Int64(bitPattern: raw.bits))"
    case CT_DOUBLE: "\(Double(bitPattern: raw.bits))"
    case CT_BOOL: raw.bits == 0 ? "false" : "true"
    case CT_INTS: (owner as? ListStorage<Int64>)?.listing ?? "[]"
    case CT_TENSORS, CT_OPTIONAL_TENSORS: "\(raw.count) tensors"
    default: "value"
    }
  }
}
