/// The archive of a PyTorch checkpoint and the values of its pickle.
struct PyTorchContents: Sendable {
  let path: String
  let root: PickleValue
  private let heap: PickleHeap
  private let file: FileContents
  private let entries: [String: Range<Int>]
  private let prefix: String

  /// The longest pickle that is read, in bytes; the values of tensors do not count.
  private static let greatestPickleByteCount = 32 << 20
  /// What the tensors of one dictionary that have to be copied may need together, in bytes. The limit exists because a
  /// tiny storage can be expanded to any size by strides of zero.
  var copyBudget: Int { file.count + (64 << 20) }

  init(_ path: String) throws {
    self.path = path
    file = try FileContents(path)
    try Self.checkKind(file)
    let archive = try ZipArchive(file)
    entries = archive.entries
    prefix = try Self.prefix(of: archive, path: path)
    try Self.checkByteOrder(archive.bytes(of: prefix + "byteorder"), path: path)
    guard let pickle = entries[prefix + "data.pkl"], pickle.count <= Self.greatestPickleByteCount else {
      throw SerializationError.malformed(path: path, reason: "its pickle is longer than 32 MiB")
    }
    (root, heap) = try Unpickler.run(ByteReader(file, from: pickle.lowerBound, to: pickle.upperBound), path: path)
  }

  /// Zip files begin with `PK`; the formats before PyTorch 1.6 are recognised for the error message.
  private static func checkKind(_ file: FileContents) throws {
    let start = Array(file.bytes.prefix(4))
    if start == [0x50, 0x4B, 0x03, 0x04] { return }
    if start.first == 0x80 || start.starts(with: Array("././".utf8)) {
      throw SerializationError.unsupported(
        path: file.path,
        reason: "a checkpoint in the format before PyTorch 1.6, or a plain pickle. Save it anew in Python: "
          + "torch.save(torch.load(\"old.pth\", weights_only=True), \"new.pth\")")
    }
    throw SerializationError.malformed(
      path: file.path, reason: file.count == 0 ? "it is empty" : "it is not a PyTorch checkpoint (no zip archive)")
  }

  private static func prefix(of archive: ZipArchive, path: String) throws -> String {
    let pickles = archive.names.filter { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }
    guard pickles.count == 1, let pickle = pickles.first else {
      throw SerializationError.malformed(
        path: path, reason: "the archive must hold one data.pkl, it holds \(pickles.count)")
    }
    let prefix = String(pickle.dropLast("data.pkl".count))
    guard !archive.names.contains(prefix + "constants.pkl") else {
      throw SerializationError.unsupported(
        path: path, reason: "it holds a program (TorchScript), not a state dictionary; save model.state_dict()")
    }
    return prefix
  }

  private static func checkByteOrder(_ bytes: UnsafeRawBufferPointer?, path: String) throws {
    guard let bytes else { return }  // before PyTorch 2.1 there was no such entry
    guard bytes.elementsEqual("little".utf8) else {
      throw SerializationError.unsupported(path: path, reason: "its numbers are not little-endian")
    }
  }

  // MARK: Finding values

  func value(at keys: [String]) throws -> PickleValue {
    var value = root
    for (depth, key) in keys.enumerated() {
      let dictionary = try dictionary(value, at: Array(keys[..<depth]))
      guard let next = dictionary[.string(key)] ?? Int(key).flatMap({ dictionary[.integer($0)] }) else {
        let known = dictionary.keys.prefix(20).map { "'\(printable($0.text))'" }.joined(separator: ", ")
        throw SerializationError.malformed(
          path: path, reason: "no '\(printable(key))' in \(Self.name(of: Array(keys[..<depth]))); its keys: \(known)")
      }
      value = next
    }
    return value
  }

  func dictionary(at keys: [String]) throws -> PickleDictionary { try dictionary(value(at: keys), at: keys) }

  private func dictionary(_ value: PickleValue, at keys: [String]) throws -> PickleDictionary {
    guard case .dictionary(let index) = value else {
      throw SerializationError.malformed(
        path: path, reason: "\(Self.name(of: keys)) must be a dictionary, it is \(value.kind)")
    }
    return heap.dictionaries[index]
  }

  func holdsTensors(_ value: PickleValue?) -> Bool {
    guard case .dictionary(let index)? = value else { return false }
    let dictionary = heap.dictionaries[index]
    return dictionary.keys.contains { if case .tensor? = dictionary[$0] { true } else { false } }
  }

  private static func name(of keys: [String]) -> String {
    keys.isEmpty ? "the outermost value" : "'\(printable(keys.joined(separator: ".")))'"
  }

  // MARK: Tensors

  func tensors(at place: [String]) throws -> [StoredTensor] {
    let dictionary = try dictionary(at: place)
    var budget = copyBudget
    return try dictionary.keys.map { key in
      try tensor(dictionary[key] ?? .none, name: key.text, place: place + [key.text], copyBudget: &budget)
    }
  }

  func tensor(
    _ value: PickleValue, name: String, place: [String], copyBudget: inout Int
  ) throws -> StoredTensor {
    guard case .tensor(let index) = value else {
      throw SerializationError.malformed(
        path: path, reason: "\(Self.name(of: place)) must be a tensor, it is \(value.kind)")
    }
    let tensor = heap.tensors[index]
    func fail(_ reason: String) -> SerializationError { .badTensor(path: path, tensor: name, reason: reason) }
    let layout = TensorLayout(name: name, elementType: tensor.storage.elementType, shape: tensor.shape)
    guard let byteCount = layout.byteCount else { throw fail("shape \(tensor.shape) is impossible") }
    guard let storage = entries[prefix + "data/" + tensor.storage.key] else {
      throw fail("its data entry 'data/\(printable(tensor.storage.key))' is missing in the archive")
    }
    guard tensor.storage.elementCount <= storage.count / layout.elementType.byteCount else {
      throw fail(
        "its storage must have \(tensor.storage.elementCount) elements of \(layout.elementType), "
          + "but the data entry has \(storage.count) bytes")
    }
    guard tensor.fitsItsStorage else {
      throw fail(
        "offset \(tensor.offset), shape \(tensor.shape), strides \(tensor.strides) reach outside its storage of "
          + "\(tensor.storage.elementCount) elements")
    }
    if byteCount == 0 || tensor.isContiguous {
      let start = storage.lowerBound + (byteCount == 0 ? 0 : tensor.offset * layout.elementType.byteCount)
      return StoredTensor(layout: layout, file: file, range: start..<start + byteCount)
    }
    guard byteCount <= copyBudget else {
      throw fail("it would need \(byteCount) bytes, far more than its file has; make it contiguous and save again")
    }
    copyBudget -= byteCount
    return try StoredTensor(layout: layout, bytes: tensor.contiguousBytes(from: file.bytes[storage]))
  }
}
