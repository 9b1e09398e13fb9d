/// A group of settings: inline defaults, ranges declared with the properties, and a reading that lays given values over the defaults.
///
/// ```swift
/// public struct Distillation: Settings {
///   /// The temperature of the teacher's logits.
///   @Within(above: 0, upTo: 1000) public var temperature = 1.5
///   /// The weight of the distillation loss.
///   @Within(0...10_000) public var weight = 1.0
///   public init() {}
/// }
/// let strong = Distillation { $0.weight = 2 }
/// ```
///
/// A part that may be absent is an optional group (`var distillation: Distillation?`): a file or option that gives one value of it, such as
/// `distillation.weight=2`, switches it on with its defaults. Alternatives are enums, with payloads where they have values of their own.
/// No initialiser and no decoder is written by hand.
public protocol Settings: Codable, Sendable, Equatable, CheckedSettings {
  /// The defaults.
  init()
  /// Rules beyond the ranges that are declared with the properties: what values must be together, and which have no effect.
  func checkTogether(_ checks: inout SettingChecks)
}

extension Settings {
  /// The defaults with changes.
  public init(_ change: (inout Self) -> Void) {
    self.init()
    change(&self)
  }

  /// These settings with changes.
  public func with(_ change: (inout Self) -> Void) -> Self {
    var settings = self
    change(&settings)
    return settings
  }

  /// No further rules.
  public func checkTogether(_ checks: inout SettingChecks) {}

  /// The declared ranges, the rules of the groups inside, then `checkTogether`.
  public func check(_ checks: inout SettingChecks) {
    checkDeclaredRanges(&checks)
    checkTogether(&checks)
  }

  /// Ranges are those of the declaration: a value that was read from a file has lost its own.
  public func checkDeclaredRanges(_ checks: inout SettingChecks) {
    let declared = Dictionary(
      Mirror(reflecting: Self()).children.compactMap { child in
        child.label.flatMap { label in (child.value as? any RangedSetting).map { (label, $0) } }
      }, uniquingKeysWith: { $1 })
    for child in Mirror(reflecting: self).children {
      guard let label = child.label else { continue }
      if let value = child.value as? any RangedSetting {
        declared[label]?.check(value, named: String(label.dropFirst()), &checks)
      } else if let group = Self.group(in: child.value) {
        checks.group(label, group)
      }
    }
  }

  /// The group in a property; that of an optional one where it is there.
  private static func group(in value: Any) -> (any CheckedSettings)? {
    if let group = value as? any CheckedSettings { return group }
    let mirror = Mirror(reflecting: value)
    guard mirror.displayStyle == .optional, let inner = mirror.children.first else { return nil }
    return inner.value as? any CheckedSettings
  }
}
