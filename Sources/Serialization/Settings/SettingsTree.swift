/// Settings with the origin of each value: the defaults of a recipe, changed by a file, changed by `--set`.
///
/// The defaults come from a value of any `Codable` type, and they say which keys there are:
/// - an optional property that is nil is a known key (it is written as `null`); one value of an optional group switches it on;
/// - a dictionary takes any key; a list is replaced as a whole;
/// - another case of an enum replaces the whole group of keys.
///
/// A misspelt key is an error at once; values are checked by `decode(_:)`.
///
/// Example:
/// ```swift
/// var tree = try SettingsTree(defaults: BalancedSoftmax())
/// try tree.apply(SettingsFile("mine.yaml"))
/// try tree.apply(assignment: "optimizer.learningRate=0.05")
/// let settings = try tree.decode(BalancedSoftmax.self)
/// ```
public struct SettingsTree: Sendable {
  private var root: SettingsMapping

  /// The tree of a settings value.
  ///
  /// - Throws: `SettingsError.invalidValue` if the value is not a group of keys, or has `base` or `recipe` among them.
  public init(defaults: some Encodable, origin: SettingsOrigin = .recipeDefault) throws {
    guard case .mapping(let mapping) = SettingsNode(try EncodedSlot.encoding(defaults), origin: origin) else {
      throw SettingsError.invalidValue(path: "", reason: "settings must be a group of keys", origin: origin)
    }
    for reserved in ["base", "recipe"] where mapping[reserved] != nil {
      throw SettingsError.invalidValue(
        path: reserved, reason: "the name is taken by the head of a settings file", origin: origin)
    }
    root = mapping
  }

  /// All settings as one value.
  public var value: JSONValue { root.value }

  /// Every value with its path and origin, in order. An empty group is a value.
  public var leaves: [(path: String, value: JSONValue, origin: SettingsOrigin)] {
    Self.leaves(of: root, path: "")
  }

  /// The value at a path; nil where there is none.
  public func value(at path: String) -> JSONValue? {
    path.split(separator: ".").reduce(value as JSONValue?) { $0?.objectValue?[String($1)] }
  }

  /// The origin of the value at a path; the path may lead into a list (`stages[1].factor`).
  public func origin(of path: String) -> SettingsOrigin? {
    let candidates = leaves.filter { path == $0.path || path.hasPrefix($0.path + ".") || path.hasPrefix($0.path + "[") }
    return candidates.max { $0.path.count < $1.path.count }?.origin
  }

  static func leaves(
    of mapping: SettingsMapping, path: String
  ) -> [(path: String, value: JSONValue, origin: SettingsOrigin)] {
    mapping.members.flatMap { key, node in
      let path = path.isEmpty ? key : "\(path).\(key)"
      return switch node {
      case .leaf(let leaf): [(path, leaf.value, leaf.origin)]
      case .mapping(let inner) where inner.keys.isEmpty: [(path, inner.value, inner.origin)]
      case .mapping(let inner): leaves(of: inner, path: path)
      }
    }
  }

  // MARK: Changing

  /// Adds the values that nobody gave in groups which were switched on, as `settings`, decoded from this tree, have them.
  public mutating func complete(with settings: some Encodable) throws {
    guard case .mapping(let whole) = SettingsNode(try EncodedSlot.encoding(settings), origin: .recipeDefault) else {
      return
    }
    root = Self.completed(root, from: whole)
  }

  private static func completed(_ present: SettingsMapping, from whole: SettingsMapping) -> SettingsMapping {
    var result = SettingsMapping(kind: whole.kind, origin: present.origin)
    for (key, node) in whole.members {
      result[key] =
        switch (present[key], node) {
        case (.mapping(let present)?, .mapping(let inner)): .mapping(completed(present, from: inner))
        // A case of an enum that was named alone.
        case (.leaf(let leaf)?, .mapping): Self.node(of: node.value, origin: leaf.origin)
        case (let given?, .leaf): given
        case (nil, _): node
        }
    }
    return result
  }

  /// Applies a file and its base.
  ///
  /// - Throws: `SettingsError.unknownKey` or `.invalidValue` with file and line; the tree is then unchanged.
  public mutating func apply(_ file: SettingsFile) throws {
    var changed = root
    for layer in file.layers { try Self.overlay(layer, on: &changed, path: "", top: root) }
    root = changed
  }

  /// Applies the text after `--set`: `path.to.key=value`, the value in YAML.
  ///
  /// - Throws: `SettingsError`; the tree is then unchanged.
  public mutating func apply(assignment text: String) throws {
    guard let equals = text.firstIndex(of: "=") else {
      throw SettingsError.invalidAssignment(text: text, reason: "expected name=value")
    }
    let path = text[..<equals].split(separator: ".", omittingEmptySubsequences: false)
      .map { $0.trimmingSpaces }
    guard path.allSatisfy({ !$0.isEmpty }) else {
      throw SettingsError.invalidAssignment(text: text, reason: "expected name=value with a name like group.key")
    }
    let written = String(text[text.index(after: equals)...])
    guard !written.trimmingSpaces.isEmpty else {
      throw SettingsError.invalidAssignment(
        text: text, reason: "the value is missing; write null for none, '\"\"' for empty text")
    }
    let value: JSONValue
    do {
      value = try YAMLReader.value(of: written)
    } catch let SettingsError.file(_, _, reason) {
      throw SettingsError.invalidAssignment(text: text, reason: "\(reason); put text with special characters in quotes")
    }
    try set(path, to: value, origin: .commandLine)
  }

  /// Sets the value at a path such as `training.batchSize`.
  ///
  /// - Throws: `SettingsError`; the tree is then unchanged.
  public mutating func set(_ path: String, to value: JSONValue, origin: SettingsOrigin) throws {
    try set(path.split(separator: ".").map(String.init), to: value, origin: origin)
  }

  private mutating func set(_ path: [String], to value: JSONValue, origin: SettingsOrigin) throws {
    var layer = Self.node(of: value, origin: origin)
    for key in path.reversed() {
      var mapping = SettingsMapping(kind: .open, origin: origin)
      mapping[key] = layer
      layer = .mapping(mapping)
    }
    guard case .mapping(let mapping) = layer else { return }
    var changed = root
    try Self.overlay(mapping, on: &changed, path: "", top: root)
    root = changed
  }

  private static func node(of value: JSONValue, origin: SettingsOrigin) -> SettingsNode {
    guard let object = value.objectValue else {
      return .leaf(SettingsLeaf(value: value, origin: origin, mayBecomeMapping: false))
    }
    var mapping = SettingsMapping(kind: .open, origin: origin)
    for member in object.members { mapping[member.key] = node(of: member.value, origin: origin) }
    return .mapping(mapping)
  }

  private static func overlay(
    _ layer: SettingsMapping, on mapping: inout SettingsMapping, path: String, top: SettingsMapping
  ) throws {
    for (key, incoming) in layer.members {
      let path = path.isEmpty ? key : "\(path).\(key)"
      guard let present = mapping[key] else {
        guard mapping.kind == .open else {
          throw unknownKey(path, key: key, in: mapping, top: top, origin: firstOrigin(of: incoming))
        }
        mapping[key] = incoming
        continue
      }
      mapping[key] = try combined(present, incoming, path: path, top: top)
    }
  }

  private static func combined(
    _ present: SettingsNode, _ incoming: SettingsNode, path: String, top: SettingsMapping
  ) throws -> SettingsNode {
    switch (present, incoming) {
    case (.mapping(var inner), .mapping(let layer)):
      if inner.kind == .choice, !layer.keys.allSatisfy({ inner[$0] != nil }) {
        var replaced = layer
        replaced.kind = .choice
        return .mapping(replaced)
      }
      if layer.keys.isEmpty, inner.kind == .open { return incoming }
      try overlay(layer, on: &inner, path: path, top: top)
      return .mapping(inner)
    case (.mapping(let inner), .leaf(var leaf)):
      // Null switches an optional group off; a case of an enum without keys is a text.
      guard leaf.value == .null || inner.kind == .choice else {
        throw SettingsError.invalidValue(
          path: path,
          reason: "expected a group of keys (\(inner.keys.joined(separator: ", "))), found \(leaf.value.described)",
          origin: leaf.origin)
      }
      leaf.mayBecomeMapping = true
      leaf.isChoice = inner.kind == .choice
      return .leaf(leaf)
    case (.leaf(let old), .leaf(var leaf)):
      (leaf.mayBecomeMapping, leaf.isChoice) = (old.mayBecomeMapping, old.isChoice)
      return .leaf(leaf)
    case (.leaf(let old), .mapping(var layer)):
      guard old.mayBecomeMapping else {
        throw SettingsError.invalidValue(
          path: path, reason: "expected a value such as \(YAMLScalar.text(of: old.value)), found a group of keys",
          origin: layer.origin)
      }
      if old.isChoice { layer.kind = .choice }
      return .mapping(layer)
    }
  }

  private static func firstOrigin(of node: SettingsNode) -> SettingsOrigin {
    switch node {
    case .leaf(let leaf): leaf.origin
    case .mapping(let mapping): mapping.origin
    }
  }

  /// The nearest name in the same group, else among the last parts of all paths.
  private static func unknownKey(
    _ path: String, key: String, in mapping: SettingsMapping, top: SettingsMapping, origin: SettingsOrigin
  ) -> SettingsError {
    let place = path.dropLast(key.count)
    var nearest = NearestName.find(key, in: mapping.keys).map { place + $0 }
    if nearest == nil {
      let paths = leaves(of: top, path: "").map(\.path)
      let names = paths.map { $0.split(separator: ".").last.map(String.init) ?? $0 }
      nearest = NearestName.find(key, in: names).flatMap { name in
        names.firstIndex(of: name).map { Substring(paths[$0]) }
      }
    }
    return .unknownKey(path: path, nearest: nearest.map(String.init), known: mapping.keys, origin: origin)
  }
}

extension StringProtocol {
  /// The text without spaces and tabs at its ends.
  var trimmingSpaces: String {
    let start = drop { $0 == " " || $0 == "\t" }
    let end = start.reversed().drop { $0 == " " || $0 == "\t" }
    return String(end.reversed())
  }
}
