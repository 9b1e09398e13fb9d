/// A node of a tree of settings.
enum SettingsNode: Sendable {
  case leaf(SettingsLeaf)
  case mapping(SettingsMapping)

  /// The value without origins.
  var value: JSONValue {
    switch self {
    case .leaf(let leaf): leaf.value
    case .mapping(let mapping): mapping.value
    }
  }
}

/// A value with its origin; lists are values, replaced as a whole.
struct SettingsLeaf: Sendable {
  var value: JSONValue
  var origin: SettingsOrigin
  /// Whether a group of keys may replace it: it is null, or an enum.
  var mayBecomeMapping: Bool
  /// Whether it is a case of an enum; a group of keys that replaces it is one too.
  var isChoice = false
}

/// A group of keys in order.
struct SettingsMapping: Sendable {
  enum Kind: Sendable {
    /// All keys are known.
    case fields
    /// Keys may be added.
    case open
    /// The case of an enum: another case replaces all keys.
    case choice
  }

  var kind: Kind
  /// The origin of an empty group.
  var origin: SettingsOrigin
  private(set) var keys: [String] = []
  private var nodes: [String: SettingsNode] = [:]

  init(kind: Kind, origin: SettingsOrigin) {
    self.kind = kind
    self.origin = origin
  }

  subscript(key: String) -> SettingsNode? {
    get { nodes[key] }
    set {
      guard let newValue else { return }
      if nodes.updateValue(newValue, forKey: key) == nil { keys.append(key) }
    }
  }

  var members: [(key: String, node: SettingsNode)] { keys.compactMap { key in nodes[key].map { (key, $0) } } }

  var value: JSONValue {
    .object(members.reduce(into: JSONObject()) { $0[$1.key] = $1.node.value })
  }
}

extension SettingsNode {
  /// A node of the defaults.
  init(_ slot: EncodedSlot, origin: SettingsOrigin) {
    guard case .mapping(let members) = slot.content else {
      let value = slot.value
      self = .leaf(
        SettingsLeaf(
          value: value, origin: origin, mayBecomeMapping: value == .null || slot.kind == .choice,
          isChoice: slot.kind == .choice))
      return
    }
    let kind: SettingsMapping.Kind =
      switch slot.kind {
      case .fields: .fields
      case .dictionary: .open
      case .choice: .choice
      }
    var mapping = SettingsMapping(kind: kind, origin: origin)
    for member in members { mapping[member.key] = SettingsNode(member.slot, origin: origin) }
    self = .mapping(mapping)
  }
}
