/// The tensors and plain values of a PyTorch checkpoint (`.pth`, `.pt`) in the zip format of PyTorch 1.6 and later.
///
/// Reading executes nothing: the pickle in the file may build dictionaries, lists, tuples, numbers, texts and tensors;
/// anything else is refused with its full name. Tensors are views into the file's contents where they are contiguous.
public struct PyTorchStateDictionary: Sendable {
  /// The path of the file.
  public let path: String
  private let contents: PyTorchContents

  /// Reads the structure of the file; the values of tensors are not touched.
  ///
  /// - Throws: `SerializationError.refused` for a name that is not allowed, `.unsupported` for files of the old format or
  ///   programs, `.malformed` otherwise.
  public init(_ path: String) throws {
    self.path = path
    contents = try PyTorchContents(path)
  }

  /// The keys of the dictionary at `keys` (the outermost by default), in order; integers as decimal text.
  ///
  /// - Throws: `SerializationError.malformed` if there is no dictionary at that path; the message lists the keys.
  public func keys(at keys: [String] = []) throws -> [String] {
    try contents.dictionary(at: keys).keys.map(\.text)
  }

  /// The plain value at a path of keys; nil for a tensor or a container.
  ///
  /// - Throws: `SerializationError.malformed` if there is nothing; the message lists what there is.
  public func scalar(at keys: [String]) throws -> PyTorchScalar? {
    switch try contents.value(at: keys) {
    case .none: PyTorchScalar.none
    case .bool(let value): .bool(value)
    case .integer(let value): .integer(value)
    case .largeInteger(let digits): .string(digits)
    case .float(let value): .number(value)
    case .string(let value): .string(value)
    default: nil
    }
  }

  /// The tensor at a path of keys.
  ///
  /// - Throws: `SerializationError` if there is none or it is damaged.
  public func tensor(at keys: [String]) throws -> StoredTensor {
    var budget = contents.copyBudget
    return try contents.tensor(contents.value(at: keys), name: keys.last ?? "", place: keys, copyBudget: &budget)
  }

  /// All tensors of the dictionary at `keys`, in its order, named by their keys.
  ///
  /// - Throws: `SerializationError` if there is no dictionary, or something else than a tensor is in it.
  public func tensors(at keys: [String] = []) throws -> [StoredTensor] {
    try contents.tensors(at: keys)
  }

  /// The keys under which training programs keep the weights, most common first.
  public static let usualKeys = ["state_dict", "model", "model_state_dict", "module"]

  /// Where the weights are: the one of `usualKeys` that holds a dictionary with tensors, or the outermost dictionary.
  ///
  /// - Throws: `SerializationError.unsupported` if there are none or several; the message names the keys to choose from.
  public func weightsPosition() throws -> [String] {
    let outer = try contents.dictionary(at: [])
    let found = Self.usualKeys.filter { contents.holdsTensors(outer[.string($0)]) }
    if found.count == 1 { return found }
    if found.isEmpty, contents.holdsTensors(contents.root) { return [] }
    let keys = outer.keys.map { "'\(printable($0.text))'" }.prefix(20).joined(separator: ", ")
    throw SerializationError.unsupported(
      path: path,
      reason: (found.isEmpty ? "no weights were found under the usual keys" : "several sets of weights were found")
        + "; name the key that holds them, one of: \(keys)")
  }

  /// The weights, found as `weightsPosition()` says, without the prefix `module.` that data-parallel training adds to all keys.
  ///
  /// - Throws: `SerializationError`.
  public func weights() throws -> [StoredTensor] {
    let tensors = try tensors(at: weightsPosition())
    let prefix = "module."
    guard !tensors.isEmpty, tensors.allSatisfy({ $0.name.hasPrefix(prefix) }) else { return tensors }
    return tensors.map { $0.renamed(String($0.name.dropFirst(prefix.count))) }
  }
}
