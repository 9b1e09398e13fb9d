/// Why a value of a tree cannot be decoded.
struct TreeDecodingError: Error {
  enum Reason {
    case missing
    case wrongType(expected: String, found: JSONValue)
    case invalid(String)
  }

  /// Keys joined by dots, positions in brackets: `stages[1].factor`.
  var path: String
  var reason: Reason

  init(_ path: [any CodingKey], _ reason: Reason) {
    self.path = Self.text(of: path)
    self.reason = reason
  }

  /// The error of a type's own `init(from:)`.
  init(_ error: DecodingError, at path: [any CodingKey]) {
    switch error {
    case .keyNotFound(let key, _): self.init(path + [key], .missing)
    case .dataCorrupted(let context), .typeMismatch(_, let context), .valueNotFound(_, let context):
      self.init(path, .invalid(context.debugDescription))
    @unknown default: self.init(path, .invalid("\(error)"))
    }
  }

  static func text(of path: [any CodingKey]) -> String {
    path.filter { $0.stringValue != PayloadKey.first }.reduce("") { text, key in
      key is IndexKey || text.isEmpty ? text + key.stringValue : text + "." + key.stringValue
    }
  }

  /// The message without the path.
  var message: String {
    switch reason {
    case .missing: "it is missing"
    case .wrongType(let expected, let found): "expected \(expected), found \(found.described)"
    case .invalid(let reason): reason
    }
  }
}

extension JSONValue {
  /// Kind and text: `text "abc"`, `an integer 3`.
  var described: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "the integer \(value)"
    case .number(let value): "the number \(value)"
    case .string: "the text \(compactText)"
    case .array(let elements): "a list of \(elements.count)"
    case .object: "a group of keys"
    }
  }
}
