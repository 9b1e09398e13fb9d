/// Decodes from a `JSONValue`; errors are `TreeDecodingError` and name what was expected and found.
struct TreeDecoder: Decoder {
  let value: JSONValue
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  static func decode<T: Decodable>(_ type: T.Type, from value: JSONValue) throws -> T {
    try TreeDecoder(value: value, codingPath: []).decode(type)
  }

  func decode<T: Decodable>(_ type: T.Type) throws -> T {
    // These keep their order. (A cast alone would also turn any value into an optional of anything.)
    if type == JSONValue.self, let value = value as? T { return value }
    if type == JSONObject.self, let object = value.objectValue as? T { return object }
    do {
      return try T(from: try completed(for: type))
    } catch let error as DecodingError {
      if let choices = Self.choices(of: type) { throw choiceError(choices.map(\.name)) }
      // How a derived `init(from:)` of an enum says that no case has these keys.
      if case .typeMismatch = error, let keys = value.objectValue?.keys {
        throw TreeDecodingError(
          codingPath,
          .invalid("expected the key of one case, found \(keys.isEmpty ? "none" : keys.joined(separator: ", "))"))
      }
      throw TreeDecodingError(error, at: codingPath)
    } catch let error as TreeDecodingError {
      throw error
    } catch {
      // An error of the type's own checks.
      throw TreeDecodingError(codingPath, .invalid("\(error)"))
    }
  }

  /// The values that are given for a group of settings, or for a case of an enum, laid over its defaults.
  private func completed<T>(for type: T.Type) throws -> TreeDecoder {
    var complete = value
    if let settings = type as? any Settings.Type {
      guard case .object = value else { return self }
      complete = try EncodedSlot.encoding(settings.init()).overlaid(with: value)
    } else if !(type is any RawRepresentable.Type), let choices = Self.choices(of: type) {
      let given = value.stringValue ?? value.objectValue.flatMap { $0.count == 1 ? $0.keys[0] : nil }
      guard let choice = choices.first(where: { $0.name == given }) else { throw choiceError(choices.map(\.name)) }
      complete = value.stringValue == nil ? choice.slot.overlaid(with: value) : choice.slot.value
    }
    return TreeDecoder(value: complete, codingPath: codingPath)
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    if let object = value.objectValue {
      return KeyedDecodingContainer(TreeKeyedDecoding<Key>(object: object, codingPath: codingPath))
    }
    // A case of an enum that is named alone.
    guard let name = value.stringValue, Key(stringValue: name) != nil else {
      throw TreeDecodingError(codingPath, .wrongType(expected: "a group of keys", found: value))
    }
    return KeyedDecodingContainer(TreeKeyedDecoding<Key>(object: [name: .object([:])], codingPath: codingPath))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard let elements = value.arrayValue else {
      throw TreeDecodingError(codingPath, .wrongType(expected: "a list", found: value))
    }
    return TreeListDecoding(elements: elements, codingPath: codingPath)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer {
    TreeValueDecoding(decoder: self)
  }

  // MARK: Enums

  private typealias Choice = (name: String, slot: EncodedSlot)

  /// The cases of an enum that lists them, each with its defaults; nil for other types.
  private static func choices<T>(of type: T.Type) -> [Choice]? {
    guard let type = type as? any (CaseIterable & Encodable).Type else { return nil }
    let choices = cases(of: type)
    return choices.isEmpty ? nil : choices
  }

  private static func cases<T: CaseIterable & Encodable>(of type: T.Type) -> [Choice] {
    type.allCases.compactMap { value in
      guard let slot = try? EncodedSlot.encoding(value) else { return nil }
      return switch slot.content {
      case .value(.string(let name)): (name, slot)
      case .mapping(let members) where members.count == 1: (members[0].key, slot)
      default: nil
      }
    }
  }

  private func choiceError(_ choices: [String]) -> TreeDecodingError {
    let given = value.stringValue ?? value.objectValue?.keys.first { !choices.contains($0) }
    let nearest = given.flatMap { NearestName.find($0, in: choices) }
    let hint = nearest.map { "; did you mean \($0)?" } ?? ""
    let found = value.objectValue.map { "the key \($0.keys.joined(separator: ", "))" } ?? value.described
    return TreeDecodingError(
      codingPath, .invalid("expected one of \(choices.joined(separator: ", ")), found \(found)" + hint))
  }
}

private struct TreeKeyedDecoding<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let object: JSONObject
  let codingPath: [any CodingKey]

  var allKeys: [Key] { object.keys.compactMap { Key(stringValue: $0) } }
  func contains(_ key: Key) -> Bool { object[key.stringValue] != nil }
  func decodeNil(forKey key: Key) throws -> Bool { object[key.stringValue] ?? .null == .null }
  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try decoder(key).decode(type) }
  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    let inner = try decoder(key)
    guard Nested(stringValue: PayloadKey.first) != nil, Nested(stringValue: PayloadKey.second) == nil,
      inner.value.objectValue?[PayloadKey.first] == nil
    else { return try inner.container(keyedBy: type) }
    // The only value of an enum's case is written under the name of the case.
    return try TreeDecoder(value: .object([PayloadKey.first: inner.value]), codingPath: inner.codingPath)
      .container(keyedBy: type)
  }
  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try decoder(key).unkeyedContainer()
  }
  func superDecoder() throws -> any Decoder {
    TreeDecoder(value: object["super"] ?? .null, codingPath: codingPath)
  }
  func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }

  private func decoder(_ key: Key) throws -> TreeDecoder {
    guard let value = object[key.stringValue] else { throw TreeDecodingError(codingPath + [key], .missing) }
    return TreeDecoder(value: value, codingPath: codingPath + [key])
  }
}

private struct TreeListDecoding: UnkeyedDecodingContainer {
  let elements: [JSONValue]
  let codingPath: [any CodingKey]
  private(set) var currentIndex = 0

  init(elements: [JSONValue], codingPath: [any CodingKey]) {
    self.elements = elements
    self.codingPath = codingPath
  }

  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex >= elements.count }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, elements[currentIndex] == .null else { return false }
    currentIndex += 1
    return true
  }
  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
    let result = try decoder().decode(type)
    currentIndex += 1
    return result
  }
  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> {
    let container = try decoder().container(keyedBy: type)
    currentIndex += 1
    return container
  }
  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    let container = try decoder().unkeyedContainer()
    currentIndex += 1
    return container
  }
  mutating func superDecoder() throws -> any Decoder {
    let decoder = try decoder()
    currentIndex += 1
    return decoder
  }

  private func decoder() throws -> TreeDecoder {
    let key = IndexKey(currentIndex)
    guard !isAtEnd else { throw TreeDecodingError(codingPath + [key], .missing) }
    return TreeDecoder(value: elements[currentIndex], codingPath: codingPath + [key])
  }
}

private struct TreeValueDecoding: SingleValueDecodingContainer {
  let decoder: TreeDecoder
  var codingPath: [any CodingKey] { decoder.codingPath }
  private var value: JSONValue { decoder.value }

  func decodeNil() -> Bool { value == .null }
  func decode(_ type: Bool.Type) throws -> Bool {
    guard let result = value.boolValue else { throw wrongType("true or false") }
    return result
  }
  func decode(_ type: String.Type) throws -> String {
    guard let result = value.stringValue else { throw wrongType("text (put it in quotes)") }
    return result
  }
  func decode(_ type: Double.Type) throws -> Double {
    guard let result = value.doubleValue else { throw wrongType("a number") }
    return result
  }
  func decode(_ type: Float.Type) throws -> Float { Float(try decode(Double.self)) }
  func decode(_ type: Int.Type) throws -> Int { try decodeInteger(type) }
  func decode(_ type: Int8.Type) throws -> Int8 { try decodeInteger(type) }
  func decode(_ type: Int16.Type) throws -> Int16 { try decodeInteger(type) }
  func decode(_ type: Int32.Type) throws -> Int32 { try decodeInteger(type) }
  func decode(_ type: Int64.Type) throws -> Int64 { try decodeInteger(type) }
  func decode(_ type: UInt.Type) throws -> UInt { try decodeInteger(type) }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try decodeInteger(type) }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try decodeInteger(type) }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try decodeInteger(type) }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try decodeInteger(type) }
  func decode<T: Decodable>(_ type: T.Type) throws -> T { try decoder.decode(type) }

  private func decodeInteger<T: FixedWidthInteger>(_ type: T.Type) throws -> T {
    guard let integer = value.integerValue else { throw wrongType("an integer") }
    guard let result = T(exactly: integer) else { throw wrongType("an integer from \(T.min) to \(T.max)") }
    return result
  }

  private func wrongType(_ expected: String) -> TreeDecodingError {
    TreeDecodingError(codingPath, .wrongType(expected: expected, found: value))
  }
}
