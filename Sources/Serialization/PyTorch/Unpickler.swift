/// Runs the operations of a pickle that `torch.save` emits (protocols 2 to 5).
///
/// Nothing of Python is called: the functions listed in `PickleGlobal` are implemented here, every other name and every
/// other operation is refused.
struct Unpickler {
  private var reader: ByteReader
  private let path: String
  private var heap = PickleHeap()
  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]

  init(_ reader: ByteReader, path: String) {
    self.reader = reader
    self.path = path
  }

  /// Runs to the end and returns the value with the heap that it refers to.
  static func run(_ reader: ByteReader, path: String) throws -> (PickleValue, PickleHeap) {
    var machine = Unpickler(reader, path: path)
    while true {
      let code = try machine.reader.read(UInt8.self)
      if code == UInt8(ascii: ".") { return (try machine.pop(), machine.heap) }
      try machine.execute(code)
    }
  }

  private mutating func execute(_ code: UInt8) throws {
    if try executeScalar(code) { return }
    if try executeContainer(code) { return }
    if try executeMemo(code) { return }
    switch code {
    case 0x80:  // PROTO
      let version = try reader.read(UInt8.self)
      guard 2...5 ~= version else { throw malformed("pickle protocol \(version); 2 to 5 are read") }
    case 0x95: _ = try reader.readLength()  // FRAME: only a hint for buffering
    case UInt8(ascii: "c"): try pushGlobal(module: try reader.readLine(), name: try reader.readLine())
    case 0x93:  // STACK_GLOBAL
      guard case .string(let name) = try pop(), case .string(let module) = try pop() else {
        throw malformed("a global without its name")
      }
      try pushGlobal(module: module, name: name)
    case UInt8(ascii: "i"):  // INST: a class by name, to be called
      throw SerializationError.refused(path: path, name: "\(try reader.readLine()).\(try reader.readLine())")
    case UInt8(ascii: "Q"): try pushStorage()
    case UInt8(ascii: "R"): try reduce()
    case UInt8(ascii: "b"): try build()
    default: throw SerializationError.refused(path: path, name: "pickle operation 0x" + String(code, radix: 16))
    }
  }

  private mutating func executeScalar(_ code: UInt8) throws -> Bool {
    switch code {
    case UInt8(ascii: "N"): stack.append(.none)
    case 0x88: stack.append(.bool(true))
    case 0x89: stack.append(.bool(false))
    case UInt8(ascii: "J"): stack.append(.integer(Int(try reader.read(Int32.self))))
    case UInt8(ascii: "K"): stack.append(.integer(Int(try reader.read(UInt8.self))))
    case UInt8(ascii: "M"): stack.append(.integer(Int(try reader.read(UInt16.self))))
    case 0x8A: try pushLong(byteCount: Int(try reader.read(UInt8.self)))
    case 0x8B: try pushLong(byteCount: Int(try reader.read(Int32.self)))
    case UInt8(ascii: "G"):  // big-endian, unlike everything else
      stack.append(.float(Double(bitPattern: try reader.read(UInt64.self).byteSwapped)))
    case UInt8(ascii: "X"): stack.append(.string(try reader.readText(Int(try reader.read(UInt32.self)))))
    case 0x8C: stack.append(.string(try reader.readText(Int(try reader.read(UInt8.self)))))
    case 0x8D: stack.append(.string(try reader.readText(try reader.readLength())))
    default: return false
    }
    return true
  }

  private mutating func executeContainer(_ code: UInt8) throws -> Bool {
    switch code {
    case UInt8(ascii: "("): marks.append(stack.count)
    case UInt8(ascii: ")"): pushTuple([])
    case 0x85: pushTuple(try pop(count: 1))
    case 0x86: pushTuple(try pop(count: 2))
    case 0x87: pushTuple(try pop(count: 3))
    case UInt8(ascii: "t"): pushTuple(try popToMark())
    case UInt8(ascii: "]"):
      heap.lists.append([])
      stack.append(.list(heap.lists.count - 1))
    case UInt8(ascii: "}"): pushDictionary()
    case UInt8(ascii: "a"): try append(try pop(count: 1))
    case UInt8(ascii: "e"): try append(try popToMark())
    case UInt8(ascii: "s"): try set(try pop(count: 2))
    case UInt8(ascii: "u"): try set(try popToMark())
    default: return false
    }
    return true
  }

  private mutating func executeMemo(_ code: UInt8) throws -> Bool {
    switch code {
    case UInt8(ascii: "q"): try store(Int(try reader.read(UInt8.self)))
    case UInt8(ascii: "r"): try store(Int(try reader.read(UInt32.self)))
    case 0x94: try store(memo.count)
    case UInt8(ascii: "h"): try recall(Int(try reader.read(UInt8.self)))
    case UInt8(ascii: "j"): try recall(Int(try reader.read(UInt32.self)))
    default: return false
    }
    return true
  }

  private func malformed(_ reason: String) -> SerializationError {
    reader.malformed("its pickle is malformed at byte \(reader.position): \(reason)")
  }
}

// MARK: - Stack

extension Unpickler {
  private mutating func pop() throws -> PickleValue {
    // What lies below a mark belongs to an outer value.
    guard stack.count > marks.last ?? 0, let value = stack.popLast() else {
      throw malformed("a value is missing on the stack")
    }
    return value
  }

  private mutating func pop(count: Int) throws -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else { throw malformed("values are missing on the stack") }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark() throws -> [PickleValue] {
    guard let mark = marks.popLast() else { throw malformed("a mark is missing on the stack") }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  private func top() throws -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.last else {
      throw malformed("a value is missing on the stack")
    }
    return value
  }

  private mutating func store(_ index: Int) throws { memo[index] = try top() }

  private mutating func recall(_ index: Int) throws {
    guard let value = memo[index] else { throw malformed("value \(index) is used before it is made") }
    stack.append(value)
  }
}

// MARK: - Values

extension Unpickler {
  private mutating func pushLong(byteCount: Int) throws {
    let bytes = try reader.readBytes(byteCount)
    guard bytes.count > 8 else {
      let isNegative = bytes.last.map { $0 & 0x80 != 0 } ?? false
      let magnitude = bytes.reversed().reduce(isNegative ? UInt64.max : 0) { $0 << 8 | UInt64($1) }
      return stack.append(.integer(Int(Int64(bitPattern: magnitude))))
    }
    guard bytes.count <= 1024 else { throw malformed("an integer of \(bytes.count) bytes") }
    let digits = bytes.reversed().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    stack.append(.largeInteger("0x" + digits))
  }

  private mutating func pushTuple(_ values: [PickleValue]) {
    heap.tuples.append(values)
    stack.append(.tuple(heap.tuples.count - 1))
  }

  private mutating func pushDictionary() {
    heap.dictionaries.append(PickleDictionary())
    stack.append(.dictionary(heap.dictionaries.count - 1))
  }

  private mutating func append(_ values: [PickleValue]) throws {
    guard case .list(let index) = try top() else { throw malformed("elements for \(try top().kind)") }
    heap.lists[index].append(contentsOf: values)
  }

  private mutating func set(_ values: [PickleValue]) throws {
    guard case .dictionary(let index) = try top() else { throw malformed("keys for \(try top().kind)") }
    guard values.count.isMultiple(of: 2) else { throw malformed("a key without its value") }
    for position in stride(from: 0, to: values.count, by: 2) {
      heap.dictionaries[index].set(try key(values[position]), values[position + 1])
    }
  }

  private func key(_ value: PickleValue) throws -> PickleKey {
    switch value {
    case .string(let text): return .string(text)
    case .integer(let number): return .integer(number)
    case .bool(let flag): return .integer(flag ? 1 : 0)  // as in Python
    default: throw SerializationError.refused(path: path, name: "\(value.kind) as a dictionary key")
    }
  }
}

// MARK: - Names and calls

extension Unpickler {
  private mutating func pushGlobal(module: String, name: String) throws {
    guard let global = PickleGlobal(module: module, name: name) else {
      throw SerializationError.refused(path: path, name: "\(module).\(name)")
    }
    stack.append(.global(global))
  }

  /// `("storage", type, key, location, number of elements)`.
  private mutating func pushStorage() throws {
    guard case .tuple(let index) = try pop() else { throw malformed("a reference that is not a storage") }
    let parts = heap.tuples[index]
    guard parts.count == 5, case .string("storage") = parts[0], case .global(let type) = parts[1],
      case .string(let key) = parts[2], case .integer(let count) = parts[4], count >= 0
    else { throw malformed("a reference that is not a storage") }
    let elementType: StoredElementType
    switch type {
    case .storage(let named): elementType = named
    case .untypedStorage: elementType = .uint8
    default: throw malformed("a storage whose type is not a storage type")
    }
    heap.storages.append(PickleStorage(key: key, elementType: elementType, elementCount: count))
    stack.append(.storage(heap.storages.count - 1))
  }

  private mutating func reduce() throws {
    guard case .tuple(let index) = try pop(), case .global(let function) = try pop() else {
      throw malformed("a call without function and arguments")
    }
    let arguments = heap.tuples[index]
    switch function {
    case .orderedDictionary where arguments.isEmpty: pushDictionary()
    case .rebuildTensor: try rebuildTensor(arguments)
    case .rebuildParameter:
      guard let tensor = arguments.first, case .tensor = tensor else {
        throw malformed("a parameter that is not a tensor")
      }
      stack.append(tensor)
    case .size:
      guard arguments.count == 1, case .tuple = arguments[0] else { throw malformed("a size that is not a tuple") }
      stack.append(arguments[0])
    case .device: stack.append(.string(try deviceName(arguments)))
    default: throw SerializationError.refused(path: path, name: "a call of \(function.name) with these arguments")
    }
  }

  private func deviceName(_ arguments: [PickleValue]) throws -> String {
    switch (arguments.first, arguments.dropFirst().first) {
    case (.string(let type)?, nil): return type
    case (.string(let type)?, .integer(let index)?): return "\(type):\(index)"
    default: throw malformed("a device without its name")
    }
  }

  /// `(storage, offset, size, strides, requires_grad, hooks[, metadata])`.
  private mutating func rebuildTensor(_ arguments: [PickleValue]) throws {
    guard arguments.count >= 4, case .storage(let storage) = arguments[0], case .integer(let offset) = arguments[1],
      let shape = integers(arguments[2]), let strides = integers(arguments[3]), shape.count == strides.count,
      shape.count <= 64
    else { throw malformed("a tensor without storage, offset, size and strides") }
    if arguments.count > 6 {
      guard isEmpty(arguments[6]) else {
        throw SerializationError.refused(path: path, name: "a tensor with metadata (conjugate or negative bit)")
      }
    }
    heap.tensors.append(
      PickleTensor(storage: heap.storages[storage], offset: offset, shape: shape, strides: strides))
    stack.append(.tensor(heap.tensors.count - 1))
  }

  private func integers(_ value: PickleValue) -> [Int]? {
    guard case .tuple(let index) = value else { return nil }
    let values = heap.tuples[index].compactMap { if case .integer(let number) = $0 { number } else { nil } }
    return values.count == heap.tuples[index].count ? values : nil
  }

  private func isEmpty(_ value: PickleValue) -> Bool {
    switch value {
    case .none: true
    case .dictionary(let index): heap.dictionaries[index].keys.isEmpty
    default: false
    }
  }

  /// Attributes of an ordered dictionary (`_metadata`) are accepted and ignored.
  private mutating func build() throws {
    guard case .dictionary = try pop() else { throw malformed("a state that is not a dictionary") }
    guard case .dictionary = try top() else {
      throw SerializationError.refused(path: path, name: "a state for \(try top().kind)")
    }
  }
}
