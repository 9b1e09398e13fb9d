extension SettingsTree {
  /// The settings as a value of their type.
  ///
  /// Strict: the value is encoded again, and a key that did not arrive in it (inside a list, under an optional group, in a
  /// case of an enum) is unknown.
  ///
  /// The rules of `CheckedSettings` are checked.
  ///
  /// - Parameters:
  ///   - type: the type of the settings.
  ///   - checksGivenOnly: whether rules are checked of given values alone, while others are still to be worked out.
  /// - Throws: `SettingsError.invalidValue` or `.unknownKey`, with path and origin.
  public func decode<Settings: Codable>(_ type: Settings.Type, checksGivenOnly: Bool = false) throws -> Settings {
    let settings: Settings
    do {
      settings = try TreeDecoder.decode(type, from: value)
    } catch let error as TreeDecodingError {
      throw SettingsError.invalidValue(path: error.path, reason: error.message, origin: nearestOrigin(of: error.path))
    }
    try checkArrival(of: value, in: EncodedSlot.encoding(settings).value, path: "")
    if let checked = settings as? any CheckedSettings { try checkRules(of: checked, givenOnly: checksGivenOnly) }
    return settings
  }

  private func checkRules(of settings: some CheckedSettings, givenOnly: Bool) throws {
    var checks = SettingChecks()
    settings.check(&checks)
    for fault in checks.faults where !givenOnly || origin(of: fault.path)?.isGiven == true {
      throw error(of: fault)
    }
  }

  /// The message of a fault. Where nobody gave the value at fault, it does not fit one that was given: those beside it in its group are
  /// named, or else all.
  private func error(of fault: SettingFault) -> SettingsError {
    let place = nearestOrigin(of: fault.path)
    let given = leaves.filter(\.origin.isGiven)
    guard place?.isGiven != true, !given.isEmpty else {
      return .invalidValue(path: fault.path, reason: fault.reason, origin: place)
    }
    let group = fault.path.lastIndex(of: ".").map { fault.path[...$0] } ?? ""
    let beside = given.filter { $0.path.hasPrefix(group) }
    let named = beside.isEmpty ? given : beside
    let names = named.prefix(3).map(\.path).joined(separator: ", ") + (named.count > 3 ? ", …" : "")
    return .invalidValue(
      path: fault.path, reason: "\(fault.reason); given beside it: \(names)", origin: named[0].origin)
  }

  /// The origin of the value at the path or, for a missing key, of its group.
  private func nearestOrigin(of path: String) -> SettingsOrigin? {
    if let origin = origin(of: path) { return origin }
    var place = path[...]
    while !place.isEmpty {
      let beside = leaves.filter { $0.path.hasPrefix(place + ".") }.map(\.origin)
      if let changed = beside.last(where: { $0 != .recipeDefault }) ?? beside.last { return changed }
      place = place.lastIndex(of: ".").map { place[..<$0] } ?? ""
    }
    return nil
  }

  private func checkArrival(of given: JSONValue, in arrived: JSONValue, path: String) throws {
    switch (given, arrived) {
    case (.object(let given), .object(let arrived)):
      for (key, value) in given.members {
        let inner = path.isEmpty ? key : "\(path).\(key)"
        if let next = arrived[key] {
          try checkArrival(of: value, in: next, path: inner)
        } else if value != .null {
          let nearest = NearestName.find(key, in: arrived.keys).map { path.isEmpty ? $0 : "\(path).\($0)" }
          throw SettingsError.unknownKey(
            path: inner, nearest: nearest, known: arrived.keys, origin: origin(of: inner) ?? .recipeDefault)
        }
      }
    case (.array(let given), .array(let arrived)) where given.count == arrived.count:
      for index in given.indices {
        try checkArrival(of: given[index], in: arrived[index], path: "\(path)[\(index)]")
      }
    case (.object(let given), .string):
      // A case without values, written as a group.
      for (key, value) in given.members where value.objectValue?.isEmpty == false {
        try checkArrival(of: value, in: .object([:]), path: "\(path).\(key)")
      }
    default: break
    }
  }
}
