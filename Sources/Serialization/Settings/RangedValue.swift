/// What `Within` can hold: numbers, optional numbers, lists of numbers.
public protocol RangedValue: Codable, Sendable, Equatable {
  /// The numbers that a range bounds.
  associatedtype Bound: Comparable & Sendable
  /// Adds what lies outside the range to the faults; a note, such as the unit, follows the range in the message.
  func check(_ range: SettingRange<Bound>, _ note: String, named name: String, _ checks: inout SettingChecks)
}

extension Int: RangedValue {
  /// The number itself.
  public func check(_ range: SettingRange<Int>, _ note: String, named name: String, _ checks: inout SettingChecks) {
    checks.value(name, self, in: range, note.isEmpty ? "" : " " + note)
  }
}

extension Double: RangedValue {
  /// The number itself, which must be finite.
  public func check(_ range: SettingRange<Double>, _ note: String, named name: String, _ checks: inout SettingChecks) {
    checks.value(name, self, in: range, note.isEmpty ? "" : " " + note)
  }
}

extension Optional: RangedValue where Wrapped: RangedValue {
  /// The number, where there is one.
  public func check(
    _ range: SettingRange<Wrapped.Bound>, _ note: String, named name: String, _ checks: inout SettingChecks
  ) {
    if let self { self.check(range, note, named: name, &checks) } else { checks.hasRule(name) }
  }
}

extension Array: RangedValue where Element: RangedValue {
  /// Each number; at most 64 of them.
  public func check(
    _ range: SettingRange<Element.Bound>, _ note: String, named name: String, _ checks: inout SettingChecks
  ) {
    checks.count(name, self, 0...64)
    for (index, value) in prefix(64).enumerated() { value.check(range, note, named: "\(name)[\(index)]", &checks) }
  }
}
