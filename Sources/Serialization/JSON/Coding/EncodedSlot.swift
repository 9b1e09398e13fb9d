/// A node that an encoder fills: a tree of values that records the kind of type behind each group of keys.
final class EncodedSlot {
  /// The kind of type behind a group of keys.
  enum Kind {
    /// A struct or class: its keys are all the keys there are.
    case fields
    /// A dictionary: any key may be added.
    case dictionary
    /// An enum: another case brings other keys.
    case choice
  }

  enum Content {
    case empty
    case value(JSONValue)
    case list([EncodedSlot])
    case mapping([(key: String, slot: EncodedSlot)])
  }

  var content = Content.empty
  var kind = Kind.fields
  /// The index of each key among the members, so that a dictionary of thousands of keys is filled in linear time.
  private var positions: [String: Int] = [:]

  /// Encodes any value into a new slot. The keys of dictionaries are sorted, so that equal values give equal text.
  static func encoding(_ value: some Encodable) throws -> EncodedSlot {
    let slot = EncodedSlot()
    try slot.encode(value, path: [])
    return slot
  }

  func encode(_ value: some Encodable, path: [any CodingKey]) throws {
    // The order of their members is preserved, which a container cannot do.
    if let value = value as? JSONValue { return fill(with: value) }
    if let value = value as? JSONObject { return fill(with: .object(value)) }
    let style = Mirror(reflecting: value).displayStyle
    switch style {
    case .enum: kind = .choice
    case .dictionary: kind = .dictionary
    default: break
    }
    try value.encode(to: TreeEncoder(slot: self, codingPath: path))
    if case .empty = content { content = .mapping([]) }
    if style == .enum { simplifyCase() }
    if kind == .dictionary, case .mapping(let members) = content {
      content = .mapping(members.sorted { $0.key < $1.key })
    }
  }

  /// Writes a case of an enum without values as its name (`cosine`, not `{cosine: {}}`), and one with a single unlabelled value without the
  /// key that the compiler synthesises for it (`{steps: {…}}`, not `{steps: {_0: {…}}}`).
  private func simplifyCase() {
    guard case .mapping(let members) = content, members.count == 1, members[0].slot.kind == .fields,
      case .mapping(let values) = members[0].slot.content
    else { return }
    if values.isEmpty {
      content = .value(.string(members[0].key))
    } else if values.count == 1, values[0].key == PayloadKey.first {
      content = .mapping([(members[0].key, values[0].slot)])
    }
  }

  /// Fills the node with a value; its groups are open.
  private func fill(with value: JSONValue) {
    kind = .dictionary
    switch value {
    case .object(let object):
      content = .mapping(
        object.members.map { member in
          let slot = EncodedSlot()
          slot.fill(with: member.value)
          return (member.key, slot)
        })
    default: content = .value(value)
    }
  }

  /// The slot for a key, new or the one that is there. Keys are added while a value is encoded, before they are sorted.
  func slot(for key: String) -> EncodedSlot {
    var members: [(key: String, slot: EncodedSlot)] = []
    if case .mapping(let present) = content { members = present }
    if let position = positions[key] { return members[position].slot }
    let slot = EncodedSlot()
    // The content releases its array first, so that appending does not copy it.
    content = .empty
    positions[key] = members.count
    members.append((key, slot))
    content = .mapping(members)
    return slot
  }

  /// A new slot at the end of a list.
  func appendSlot() -> EncodedSlot {
    var elements: [EncodedSlot] = []
    if case .list(let present) = content { elements = present }
    let slot = EncodedSlot()
    content = .empty
    elements.append(slot)
    content = .list(elements)
    return slot
  }

  /// The value without the kinds.
  var value: JSONValue {
    switch content {
    case .empty: .null
    case .value(let value): value
    case .list(let elements): .array(elements.map(\.value))
    case .mapping(let members):
      .object(members.reduce(into: JSONObject()) { $0[$1.key] = $1.slot.value })
    }
  }

  /// The value with others laid over it: given keys replace present ones, group by group; a list, or another case of an enum, is replaced as
  /// a whole. Keys that are not there are added, for the strict reading to find.
  func overlaid(with given: JSONValue) -> JSONValue {
    guard case .mapping(let members) = content, case .object(let object) = given else { return given }
    if kind == .choice, object.keys != members.map(\.key) { return given }
    var result = JSONObject()
    for (key, slot) in members { result[key] = object[key].map(slot.overlaid) ?? slot.value }
    for (key, value) in object.members where result[key] == nil { result[key] = value }
    return .object(result)
  }
}
