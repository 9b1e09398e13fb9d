extension StoredTensor {
  /// All elements as doubles, row after row; exact except for `int64` beyond 2^53.
  ///
  /// Meant for small tensors: counts, counters, tests.
  public var doubleValues: [Double] {
    withUnsafeBytes { bytes in
      (0..<elementCount).map { index in
        let offset = index * elementType.byteCount
        return switch elementType {
        case .float64: Double(bitPattern: bytes.load(UInt64.self, at: offset))
        case .float32: Double(Float(bitPattern: bytes.load(UInt32.self, at: offset)))
        case .float16: doubleOfHalf(bytes.load(UInt16.self, at: offset))
        case .bfloat16: Double(Float(bitPattern: UInt32(bytes.load(UInt16.self, at: offset)) << 16))
        case .int64: Double(bytes.load(Int64.self, at: offset))
        case .int32: Double(bytes.load(Int32.self, at: offset))
        case .int16: Double(bytes.load(Int16.self, at: offset))
        case .int8: Double(bytes.load(Int8.self, at: offset))
        case .uint8: Double(bytes.load(UInt8.self, at: offset))
        case .bool: bytes.load(UInt8.self, at: offset) == 0 ? 0 : 1
        }
      }
    }
  }
}

extension UnsafeRawBufferPointer {
  /// A little-endian integer at any offset; the caller has checked the bounds.
  func load<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type, at offset: Int) -> Value {
    Value(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
  }
}

/// The value of half-precision bits. `Float16` is missing on one platform, so the fields are taken apart here.
private func doubleOfHalf(_ bits: UInt16) -> Double {
  let sign: Double = bits >> 15 == 0 ? 1 : -1
  let exponent = Int(bits >> 10 & 0x1F)
  let fraction = Double(bits & 0x3FF) / 1024
  switch exponent {
  case 0: return sign * fraction * 0x1p-14
  case 31: return fraction == 0 ? sign * .infinity : .nan
  default: return sign * Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction)
  }
}
