/// Texts as bytes, for files with a million lines, where a `String` a line would take most of the time.
package enum ByteText {
  /// A whole number from 0 on, in digits alone; `nil` for anything else, also for one that does not fit.
  package static func naturalNumber(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard !bytes.isEmpty else { return nil }
    var value = 0
    for byte in bytes {
      guard byte &- 0x30 <= 9 else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, more) = product.addingReportingOverflow(Int(byte - 0x30))
      guard !overflow, !more else { return nil }
      value = sum
    }
    return value
  }

  /// A whole number from 0 on, written without leading zeros; nil for anything else, such as the postal code `00501`.
  package static func plainNumber(_ text: String) -> Int? {
    var text = text
    return text.withUTF8 { bytes in
      bytes.count > 1 && bytes.first == UInt8(ascii: "0") ? nil : naturalNumber(bytes)
    }
  }

  /// A whole number with an optional minus sign.
  package static func integer(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard bytes.first == UInt8(ascii: "-") else { return naturalNumber(bytes) }
    return naturalNumber(UnsafeBufferPointer(rebasing: bytes.dropFirst())).map { -$0 }
  }

  /// A decimal number, exactly as the standard library reads it; `nil` for anything else, also for infinities.
  package static func decimal(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
    if let value = shortDecimal(bytes) { return value }
    guard bytes.count <= 512, let first = bytes.first, first == 0x2D || first == 0x2E || first &- 0x30 <= 9 else {
      return nil
    }
    // Letters other than the exponent's would let "0x1p3" and "nan" pass.
    guard bytes.allSatisfy({ $0 &- 0x30 <= 9 || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) }) else { return nil }
    guard let value = Double(String(decoding: bytes, as: UTF8.self)), value.isFinite else { return nil }
    return value
  }

  /// At most 15 digits and a power of ten up to 22 are both exact as `Double`, so that one division rounds right (Clinger 1990).
  private static func shortDecimal(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
    guard bytes.count <= 17 else { return nil }
    var (mantissa, digits, decimals, hasPoint) = (0, 0, 0, false)
    var index = 0
    let isNegative = bytes.first == 0x2D
    if isNegative { index = 1 }
    while index < bytes.count {
      let byte = bytes[index]
      if byte &- 0x30 <= 9 {
        mantissa = mantissa * 10 + Int(byte - 0x30)
        digits += 1
        if hasPoint { decimals += 1 }
      } else if byte == 0x2E, !hasPoint {
        hasPoint = true
      } else {
        return nil
      }
      index += 1
    }
    guard (1...15).contains(digits) else { return nil }
    let value = Double(mantissa) / powers[decimals]
    return isNegative ? -value : value
  }

  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
  ]

  /// Without blanks, tabs and line ends at the end.
  package static func trimmingEnd(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    var count = bytes.count
    while count > 0, isBlank(bytes[count - 1]) { count -= 1 }
    return UnsafeBufferPointer(rebasing: bytes[..<count])
  }

  /// Without blanks, tabs and line ends at both ends.
  package static func trimming(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    var start = 0
    while start < bytes.count, isBlank(bytes[start]) { start += 1 }
    return trimmingEnd(UnsafeBufferPointer(rebasing: bytes[start...]))
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x0D || byte == 0x20 || byte == 0x09 }

  /// The fields between single spaces or tabs; several in a row count as one.
  package static func fields(_ bytes: UnsafeBufferPointer<UInt8>, limit: Int = .max) -> [UnsafeBufferPointer<UInt8>] {
    bytes.split(maxSplits: limit - 1, omittingEmptySubsequences: true) { $0 == 0x20 || $0 == 0x09 }
      .map { UnsafeBufferPointer(rebasing: $0) }
  }

  /// Byte-wise order, shorter first where one is the start of the other.
  package static func precedes(_ one: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let left = one.baseAddress, let right = other.baseAddress else { return one.count < other.count }
    let order = memoryOrder(left, right, min(one.count, other.count))
    return order == 0 ? one.count < other.count : order < 0
  }
}
