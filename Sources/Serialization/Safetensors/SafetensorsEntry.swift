/// One checked entry of a safetensors header. The offsets are bytes from the start of the data.
struct SafetensorsEntry {
  let layout: TensorLayout
  let begin: Int
  let end: Int

  init(name: String, value: JSONValue, path: String) throws {
    func fail(_ reason: String) -> SerializationError { .badTensor(path: path, tensor: name, reason: reason) }
    guard let members = value.objectValue else { throw fail("its entry must be an object, not \(value.kind)") }
    guard let typeName = members["dtype"]?.stringValue else { throw fail("its entry has no text 'dtype'") }
    guard let type = StoredElementType(safetensorsName: typeName) else {
      let known = StoredElementType.allCases.map(\.safetensorsName).joined(separator: ", ")
      throw fail("element type \(printable(typeName)) is not supported (supported: \(known))")
    }
    guard let shape = Self.integers(members["shape"]) else {
      throw fail("its 'shape' must be a list of integers from 0")
    }
    guard let offsets = Self.integers(members["data_offsets"]), offsets.count == 2, offsets[0] <= offsets[1] else {
      throw fail("its 'data_offsets' must be two integers from 0, the first at most the second")
    }
    layout = TensorLayout(name: name, elementType: type, shape: shape)
    (begin, end) = (offsets[0], offsets[1])
    guard let needed = layout.byteCount else { throw fail("shape \(shape) is too large") }
    guard needed == end - begin else {
      throw fail("shape \(shape) of \(type) needs \(needed) bytes, but its data has \(end - begin)")
    }
  }

  private static func integers(_ value: JSONValue?) -> [Int]? {
    guard let elements = value?.arrayValue else { return nil }
    let integers = elements.compactMap(\.integerValue).filter { $0 >= 0 }
    return integers.count == elements.count ? integers : nil
  }
}
