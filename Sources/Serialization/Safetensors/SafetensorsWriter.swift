import Crypto

/// Writes safetensors files, each replaced in one step (see `AtomicFile`).
public enum SafetensorsWriter {
  /// Appends bytes of the present tensor; may be called several times for one tensor.
  public typealias Output = (UnsafeRawBufferPointer) throws -> Void

  /// Writes tensors whose bytes are requested one tensor at a time, so that no more than one need be in memory.
  ///
  /// The order is preserved. The data begin at a multiple of 64 bytes; metadata are sorted by name, so equal contents give
  /// equal files.
  ///
  /// - Parameters:
  ///   - path: the file; an existing one is replaced only when everything is on the disk.
  ///   - metadata: texts for the header.
  ///   - tensors: the layouts, in the order of the data.
  ///   - isSealed: whether a last tensor `checksum` holds the SHA-256 of all bytes before it; see `SafetensorsFile.checkSeal()`.
  ///   - bytes: called once per tensor with its index in `tensors`; appends all its bytes, row after row, little-endian.
  /// - Throws: `SerializationError`, or what `bytes` throws; the previous file is then unchanged.
  public static func write(
    to path: String, metadata: [String: String] = [:], tensors: [TensorLayout], isSealed: Bool = false,
    bytes: (Int, Output) throws -> Void
  ) throws {
    let header = try header(
      metadata: metadata, tensors: tensors + (isSealed ? [SafetensorsFile.sealLayout] : []), path: path)
    try AtomicFile.write(to: path) { sink in
      var hash = SHA256()
      func write(_ bytes: UnsafeRawBufferPointer) throws {
        if isSealed { hash.update(bufferPointer: bytes) }
        try sink.write(bytes)
      }
      try header.withUnsafeBytes(write)
      for (index, layout) in tensors.enumerated() {
        let start = sink.count
        try bytes(index, write)
        guard sink.count - start == layout.byteCount else {
          throw SerializationError.badTensor(
            path: path, tensor: layout.name,
            reason: "\(layout.byteCount ?? 0) bytes were expected, \(sink.count - start) were written")
        }
      }
      if isSealed { try Array(hash.finalize()).withUnsafeBytes { try sink.write($0) } }
    }
  }

  /// Writes tensors that are in memory.
  ///
  /// - Throws: `SerializationError`; the previous file is then unchanged.
  public static func write(to path: String, metadata: [String: String] = [:], tensors: [StoredTensor]) throws {
    try write(to: path, metadata: metadata, tensors: tensors.map(\.layout)) { index, output in
      try tensors[index].withUnsafeBytes(output)
    }
  }

  /// Length, JSON and spaces up to a multiple of 64 bytes.
  private static func header(metadata: [String: String], tensors: [TensorLayout], path: String) throws -> [UInt8] {
    var header = JSONObject()
    if !metadata.isEmpty {
      var texts = JSONObject()
      for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { texts[key] = .string(value) }
      header["__metadata__"] = .object(texts)
    }
    var position = 0
    for layout in tensors {
      guard layout.name != "__metadata__", header[layout.name] == nil else {
        throw SerializationError.badTensor(
          path: path, tensor: layout.name, reason: "the name is used twice or reserved")
      }
      guard let count = layout.byteCount, !position.addingReportingOverflow(count).overflow else {
        throw SerializationError.badTensor(
          path: path, tensor: layout.name, reason: "shape \(layout.shape) is impossible")
      }
      header[layout.name] = [
        "dtype": .string(layout.elementType.safetensorsName), "shape": .array(layout.shape.map { .integer($0) }),
        "data_offsets": [.integer(position), .integer(position + count)],
      ]
      position += count
    }
    return try padded(JSONValue.object(header).compactText, path: path)
  }

  private static func padded(_ json: String, path: String) throws -> [UInt8] {
    let length = (8 + json.utf8.count + 63) / 64 * 64 - 8
    guard length <= SafetensorsFile.greatestHeaderByteCount else {
      throw SerializationError.cannotWrite(path: path, reason: "its header would be \(length) bytes long")
    }
    let lengthBytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    let spaces = [UInt8](repeating: UInt8(ascii: " "), count: length - json.utf8.count)
    return lengthBytes + Array(json.utf8) + spaces
  }
}
