/// The type of the elements of a stored tensor.
public enum StoredElementType: String, Sendable, Hashable, CaseIterable {
  /// IEEE 754 double precision.
  case float64
  /// IEEE 754 single precision.
  case float32
  /// IEEE 754 half precision.
  case float16
  /// The upper 16 bits of single precision.
  case bfloat16
  /// Signed, 64 bits.
  case int64
  /// Signed, 32 bits.
  case int32
  /// Signed, 16 bits.
  case int16
  /// Signed, 8 bits.
  case int8
  /// Unsigned, 8 bits.
  case uint8
  /// One byte, 0 or 1.
  case bool

  /// Bytes of one element.
  public var byteCount: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .float16, .bfloat16, .int16: 2
    case .int8, .uint8, .bool: 1
    }
  }

  /// The name in a safetensors header.
  var safetensorsName: String {
    switch self {
    case .float64: "F64"
    case .float32: "F32"
    case .float16: "F16"
    case .bfloat16: "BF16"
    case .int64: "I64"
    case .int32: "I32"
    case .int16: "I16"
    case .int8: "I8"
    case .uint8: "U8"
    case .bool: "BOOL"
    }
  }

  init?(safetensorsName name: String) {
    guard let found = Self.allCases.first(where: { $0.safetensorsName == name }) else { return nil }
    self = found
  }
}
