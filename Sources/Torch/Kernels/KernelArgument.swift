import CLibTorch

/// An argument of a GPU kernel.
package enum KernelArgument {
  /// The address of the first element, or null.
  case tensor(Tensor?)
  /// `long long`
  case int64(Int)
  /// `int`
  case int32(Int)
  /// `unsigned`
  case uint32(UInt32)
  /// `float`
  case float(Double)
  /// A structure of four-byte fields.
  case fields([UInt32])

  /// Appends the bytes of the argument, aligned to eight bytes.
  func append(to words: inout [UInt64]) {
    switch self {
    case .tensor(let tensor): words.append(UInt64(UInt(bitPattern: tensor.flatMap { ct_tensor_data($0.handle) })))
    case .int64(let value): words.append(UInt64(bitPattern: Int64(value)))
    // All supported machines are little-endian.
    case .int32(let value): words.append(UInt64(UInt32(bitPattern: Int32(value))))
    case .uint32(let value): words.append(UInt64(value))
    case .float(let value): words.append(UInt64(Float(value).bitPattern))
    case .fields(let fields):
      for index in stride(from: 0, to: fields.count, by: 2) {
        let upper = index + 1 < fields.count ? fields[index + 1] : 0
        words.append(UInt64(fields[index]) | UInt64(upper) << 32)
      }
    }
  }
}
