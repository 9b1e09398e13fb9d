import Yams

/// Turns YAML into nodes that know their lines.
struct YAMLReader {
  /// Bytes of a settings file; all settings of a recipe take about 8,000.
  static let greatestSize = 262_144

  private let path: String
  /// Aliases can multiply a short text into billions of nodes.
  private var remainingNodes = 100_000

  /// The mapping that a document must be; an empty document is an empty mapping.
  static func mapping(in text: String, path: String) throws -> SettingsMapping {
    var reader = YAMLReader(path: path)
    guard let root = try reader.compose(text) else { return SettingsMapping(kind: .open, origin: .file(path, line: 1)) }
    guard case .mapping(let mapping) = try reader.node(root, line: 1) else {
      throw SettingsError.file(path: path, line: root.mark?.line, reason: "expected 'name: value' lines")
    }
    return mapping
  }

  /// The value of the text after `--set path=`.
  static func value(of text: String) throws -> JSONValue {
    var reader = YAMLReader(path: "value")
    guard let root = try reader.compose(text) else { return .null }
    return try reader.node(root, line: 1).value
  }

  private init(path: String) { self.path = path }

  private func compose(_ text: String) throws -> Node? {
    let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    guard text.utf8.count <= Self.greatestSize else {
      throw SettingsError.file(
        path: path, line: nil,
        reason: "it has \(text.utf8.count) bytes, but settings have at most \(Self.greatestSize); is it another file?")
    }
    do {
      return try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw Self.settingsError(error, path: path)
    }
  }

  private static func settingsError(_ error: YamlError, path: String) -> SettingsError {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let reason = [context?.text, problem].compactMap { $0 }.joined(separator: ": ")
      return .file(path: path, line: mark.line, reason: "not valid YAML: \(reason)")
    case .duplicatedKeysInMapping(let duplicates, let context):
      let names = duplicates.map { "'\($0)'" }.joined(separator: ", ")
      return .file(path: path, line: context.mark.line, reason: "the key \(names) stands twice")
    default: return .file(path: path, line: nil, reason: "not valid YAML: \(error)")
    }
  }

  private mutating func node(_ node: Node, line: Int) throws -> SettingsNode {
    remainingNodes -= 1
    guard remainingNodes > 0 else {
      throw SettingsError.file(path: path, line: nil, reason: "more than 100,000 values")
    }
    let line = node.mark?.line ?? line
    switch node {
    case .scalar(let scalar): return leaf(Self.value(of: scalar), line: line)
    case .sequence(let sequence):
      return leaf(.array(try sequence.map { try self.node($0, line: line).value }), line: line)
    case .mapping(let source):
      var mapping = SettingsMapping(kind: .open, origin: .file(path, line: line))
      for (key, value) in source {
        guard let name = key.scalar?.string else {
          throw SettingsError.file(path: path, line: key.mark?.line ?? line, reason: "a key must be text")
        }
        guard mapping[name] == nil else {
          throw SettingsError.file(path: path, line: key.mark?.line ?? line, reason: "the key '\(name)' stands twice")
        }
        mapping[name] = try self.node(value, line: key.mark?.line ?? line)
      }
      return .mapping(mapping)
    case .alias:
      throw SettingsError.file(path: path, line: line, reason: "an alias that could not be resolved")
    }
  }

  private func leaf(_ value: JSONValue, line: Int) -> SettingsNode {
    .leaf(SettingsLeaf(value: value, origin: .file(path, line: line), mayBecomeMapping: false))
  }

  private static func value(of scalar: Node.Scalar) -> JSONValue {
    switch scalar.style {
    case .any, .plain: YAMLScalar.value(of: scalar.string)
    default: .string(scalar.string)
    }
  }
}
