/// A value of the pickle machine. Containers are indices into a `PickleHeap`, so that shared and cyclic values cost nothing
/// and deep nesting needs no recursion.
enum PickleValue {
  case none
  case bool(Bool)
  case integer(Int)
  /// An integer of more than 64 bits, as hexadecimal digits of its two's complement.
  case largeInteger(String)
  case float(Double)
  case string(String)
  case tuple(Int)
  case list(Int)
  case dictionary(Int)
  case storage(Int)
  case tensor(Int)
  case global(PickleGlobal)

  /// The kind of the value in words.
  var kind: String {
    switch self {
    case .none: "None"
    case .bool: "a truth value"
    case .integer, .largeInteger: "an integer"
    case .float: "a number"
    case .string: "text"
    case .tuple: "a tuple"
    case .list: "a list"
    case .dictionary: "a dictionary"
    case .storage: "a storage"
    case .tensor: "a tensor"
    case .global: "a type"
    }
  }
}

/// A key of a dictionary.
enum PickleKey: Hashable {
  case string(String)
  case integer(Int)

  /// The key as an element of a path.
  var text: String {
    switch self {
    case .string(let text): text
    case .integer(let number): String(number)
    }
  }
}

/// A dictionary in the order of its first insertions.
struct PickleDictionary {
  private(set) var keys: [PickleKey] = []
  private var values: [PickleKey: PickleValue] = [:]

  subscript(key: PickleKey) -> PickleValue? { values[key] }

  mutating func set(_ key: PickleKey, _ value: PickleValue) {
    if values.updateValue(value, forKey: key) == nil { keys.append(key) }
  }
}

/// An entry `data/<key>` of the archive, seen as elements of a type.
struct PickleStorage {
  var key: String
  var elementType: StoredElementType
  var elementCount: Int
}

/// A strided view of a storage; offset and strides count elements.
struct PickleTensor {
  var storage: PickleStorage
  var offset: Int
  var shape: [Int]
  var strides: [Int]
}

/// The containers, storages and tensors of a pickle.
struct PickleHeap {
  var tuples: [[PickleValue]] = []
  var lists: [[PickleValue]] = []
  var dictionaries: [PickleDictionary] = []
  var storages: [PickleStorage] = []
  var tensors: [PickleTensor] = []
}
