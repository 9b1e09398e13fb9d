/// Declares the range of a setting with the property: a number, an optional number (nil has no rule), or a list of numbers.
///
/// ```swift
/// @Within(0...1) public var rotation = 0.0
/// @Within(above: 0, upTo: 10) public var maxMargin = 0.5
/// @Within(0..<1) public var emaDecay: Double? = nil
/// @Within(1...4096, note: "pixels") public var inputSize = 32
/// ```
///
/// It is written and read as the plain value. `Settings` checks the ranges.
@propertyWrapper
public struct Within<Value: RangedValue>: Sendable {
  /// The value.
  public var wrappedValue: Value
  /// Nil for a decoded value, whose range is that of the declaration.
  private let range: SettingRange<Value.Bound>?
  /// The unit or a hint, which follows the range in messages.
  private let note: String

  /// A value of at least the lower and at most the upper bound.
  public init(wrappedValue: Value, _ range: ClosedRange<Value.Bound>, note: String = "") {
    (self.wrappedValue, self.range, self.note) = (wrappedValue, .closed(range), note)
  }

  /// A value of at least the lower bound and below the upper one.
  public init(wrappedValue: Value, _ range: Range<Value.Bound>, note: String = "") {
    (self.wrappedValue, self.range, self.note) = (wrappedValue, .halfOpen(range), note)
  }

  /// A value above a bound and at most another.
  public init(wrappedValue: Value, above bound: Value.Bound, upTo greatest: Value.Bound, note: String = "") {
    (self.wrappedValue, self.range, self.note) = (wrappedValue, .above(bound, upTo: greatest), note)
  }
}

extension Within: Equatable {
  /// Whether the values are equal.
  public static func == (left: Within, right: Within) -> Bool { left.wrappedValue == right.wrappedValue }
}

extension Within: Codable {
  /// Reads the plain value.
  public init(from decoder: any Decoder) throws {
    wrappedValue = try decoder.singleValueContainer().decode(Value.self)
    range = nil
    note = ""
  }

  /// Writes the plain value.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(wrappedValue)
  }
}

/// A property whose declaration states a range.
protocol RangedSetting {
  /// Checks a value of the same property against the range of this one.
  func check(_ other: any RangedSetting, named name: String, _ checks: inout SettingChecks)
}

extension Within: RangedSetting {
  func check(_ other: any RangedSetting, named name: String, _ checks: inout SettingChecks) {
    guard let range, let other = other as? Within<Value> else { return }
    other.wrappedValue.check(range, note, named: name, &checks)
  }
}
