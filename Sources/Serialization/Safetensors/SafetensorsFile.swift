import Crypto

/// A safetensors file, read into memory.
///
/// Layout: 8 bytes length of the header (little-endian), the header (JSON), then the bytes of the tensors without gaps.
/// Everything is checked before a tensor can be read: the header's length and text, names, types, shapes, and that the
/// tensors fill the rest of the file exactly, without overlap or hole.
public struct SafetensorsFile: Sendable {
  /// The path of the file.
  public let path: String
  /// The free texts of the header (`__metadata__`).
  public let metadata: [String: String]
  /// The tensors in the order of their bytes.
  public let tensors: [StoredTensor]
  private let indices: [String: Int]
  private let contents: FileContents

  /// The tensor that seals a file: the SHA-256 of all bytes before it.
  static let sealLayout = TensorLayout(name: "checksum", elementType: .uint8, shape: [32])

  /// The longest header that is read, in bytes.
  public static let greatestHeaderByteCount = 100_000_000

  /// Reads and checks the file.
  ///
  /// - Throws: `SerializationError` with the file, the tensor, and expected and actual numbers.
  public init(_ path: String) throws {
    self.path = path
    let file = try FileContents(path)
    contents = file
    let headerEnd = try Self.headerEnd(of: file)
    let header = try Self.parseHeader(UnsafeRawBufferPointer(rebasing: file.bytes[8..<headerEnd]), path: path)
    metadata = try Self.metadata(in: header, path: path)
    let entries = try header.members.filter { $0.key != "__metadata__" }
      .map { try SafetensorsEntry(name: $0.key, value: $0.value, path: path) }
      .sorted { ($0.begin, $0.end) < ($1.begin, $1.end) }
    try Self.checkCoverage(entries, byteCount: file.count - headerEnd, path: path)
    tensors = entries.map {
      StoredTensor(layout: $0.layout, file: file, range: headerEnd + $0.begin..<headerEnd + $0.end)
    }
    indices = Dictionary(uniqueKeysWithValues: tensors.enumerated().map { ($1.name, $0) })
  }

  /// The tensor of that name, if there is one.
  public subscript(name: String) -> StoredTensor? { indices[name].map { tensors[$0] } }

  /// Whether the file ends with a checksum of everything before it.
  public var isSealed: Bool { tensors.last?.layout == Self.sealLayout }

  /// Compares the checksum at the end of the file with all bytes before it.
  ///
  /// - Throws: `SerializationError.malformed` when a bit of header, metadata, tensors or checksum has changed, or there is no checksum.
  public func checkSeal() throws {
    guard isSealed else { throw SerializationError.malformed(path: path, reason: "it has no checksum of its contents") }
    let end = contents.count - Self.sealLayout.shape[0]
    let bytes = contents.bytes
    var hash = SHA256()
    hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[..<end]))
    guard bytes[end...].elementsEqual(hash.finalize()) else {
      throw SerializationError.malformed(
        path: path, reason: "it is damaged: its contents differ from the checksum that was written with them")
    }
  }

  /// The names in the order of their bytes.
  public var names: [String] { tensors.map(\.name) }

  private static func headerEnd(of file: FileContents) throws -> Int {
    guard file.count >= 8 else {
      throw SerializationError.malformed(
        path: file.path, reason: "a safetensors file has at least 8 bytes, this one has \(file.count)")
    }
    let length = file.bytes.load(UInt64.self, at: 0)
    guard length <= UInt64(greatestHeaderByteCount) else {
      throw SerializationError.malformed(
        path: file.path,
        reason: "its header would be \(length) bytes long (limit \(greatestHeaderByteCount)); is it a safetensors file?"
      )
    }
    guard Int(length) <= file.count - 8 else {
      throw SerializationError.malformed(
        path: file.path,
        reason: "its header needs \(length) bytes, but only \(file.count - 8) follow; the file is cut off")
    }
    return 8 + Int(length)
  }

  private static func parseHeader(_ bytes: UnsafeRawBufferPointer, path: String) throws -> JSONObject {
    do {
      guard let header = try JSONValue(parsing: bytes, from: path).objectValue else {
        throw SerializationError.malformed(path: path, reason: "its header is not a JSON object")
      }
      return header
    } catch SerializationError.malformed(_, let place?, let reason) {
      throw SerializationError.malformed(path: path, reason: "its header is not valid JSON, \(place): \(reason)")
    }
  }

  private static func metadata(in header: JSONObject, path: String) throws -> [String: String] {
    guard let value = header["__metadata__"] else { return [:] }
    guard let members = value.objectValue?.members else {
      throw SerializationError.malformed(
        path: path, reason: "__metadata__ must be an object of texts, not \(value.kind)")
    }
    return try members.reduce(into: [:]) { metadata, member in
      guard let text = member.value.stringValue else {
        throw SerializationError.malformed(
          path: path, reason: "__metadata__ '\(printable(member.key))' must be text, not \(member.value.kind)")
      }
      metadata[member.key] = text
    }
  }

  /// The entries, sorted by offset, must follow each other and end with the file.
  private static func checkCoverage(_ entries: [SafetensorsEntry], byteCount: Int, path: String) throws {
    var position = 0
    for entry in entries {
      guard entry.begin == position else {
        let problem = entry.begin > position ? "leaves a hole" : "overlaps the tensor before it"
        throw SerializationError.badTensor(
          path: path, tensor: entry.layout.name,
          reason: "begins at byte \(entry.begin) of the data, expected \(position): it \(problem)")
      }
      guard entry.end <= byteCount else {
        throw SerializationError.badTensor(
          path: path, tensor: entry.layout.name,
          reason: "ends at byte \(entry.end) of the data, but the file holds \(byteCount); the file is cut off")
      }
      position = entry.end
    }
    guard position == byteCount else {
      throw SerializationError.malformed(
        path: path, reason: "its tensors need \(position) bytes of data, but the file holds \(byteCount)")
    }
  }
}
