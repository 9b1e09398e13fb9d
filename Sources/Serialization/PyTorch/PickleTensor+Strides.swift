extension PickleTensor {
  /// Whether every element lies in the storage. The shape has been checked.
  var fitsItsStorage: Bool {
    guard offset >= 0, strides.allSatisfy({ $0 >= 0 }) else { return false }
    if shape.contains(0) { return true }
    var last = offset
    for (length, stride) in zip(shape, strides) {
      let (reach, tooFar) = (length - 1).multipliedReportingOverflow(by: stride)
      let (sum, tooLarge) = last.addingReportingOverflow(reach)
      guard !tooFar, !tooLarge else { return false }
      last = sum
    }
    return last < storage.elementCount
  }

  /// Whether the elements follow each other row after row. The stride of an axis of length 1 does not matter.
  var isContiguous: Bool {
    var expected = 1
    for (length, stride) in zip(shape, strides).reversed() where length != 1 {
      guard stride == expected else { return false }
      expected *= length
    }
    return true
  }

  /// The elements row after row. `fitsItsStorage` holds, and no axis is empty.
  func contiguousBytes(from storage: Slice<UnsafeRawBufferPointer>) -> [UInt8] {
    let size = self.storage.elementType.byteCount
    let source = UnsafeRawBufferPointer(rebasing: storage)
    let count = shape.reduce(1, *)
    return [UInt8](unsafeUninitializedCapacity: count * size) { target, initialized in
      var index = [Int](repeating: 0, count: shape.count)
      var place = offset
      let bytes = UnsafeMutableRawBufferPointer(target)
      for element in 0..<count {
        for byte in 0..<size { bytes[element * size + byte] = source[place * size + byte] }
        // Counts the index up, last axis first, and moves the offset with it.
        var axis = shape.count - 1
        while axis >= 0 {
          index[axis] += 1
          // The stride of an axis of length 1 may be anything, so this may wrap and wraps back below.
          place &+= strides[axis]
          if index[axis] < shape[axis] { break }
          place &-= strides[axis] &* shape[axis]
          index[axis] = 0
          axis -= 1
        }
      }
      initialized = count * size
    }
  }
}
