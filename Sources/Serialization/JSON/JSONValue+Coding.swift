extension JSONValue {
  /// The value of any encodable type, its keys in the order of its declaration; nil properties are `null`.
  ///
  /// - Throws: `EncodingError` for an integer above 2^63 - 1.
  public init(encoding value: some Encodable) throws {
    self = try EncodedSlot.encoding(value).value
  }

  /// Decodes a value of the type.
  ///
  /// - Throws: `SerializationError.malformed` that names the key, and what was expected and found.
  public func decode<T: Decodable>(_ type: T.Type, from path: String = "JSON") throws -> T {
    do {
      return try TreeDecoder.decode(type, from: self)
    } catch let error as TreeDecodingError {
      let place = error.path.isEmpty ? "" : "'\(error.path)': "
      throw SerializationError.malformed(path: path, reason: place + error.message)
    }
  }
}
