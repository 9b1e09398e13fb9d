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
/// `distillation.weight=2`, switches it on with its defaults. No initialiser and no decoder is written by hand.
///
/// Alternatives are enums. A case without values is written as its name (`schedule: cosine`), one with values as a group under its name
/// (`schedule: {steps: {epochs: [160, 180]}}`), without a further key if there is one unlabelled value. If the enum is `CaseIterable`, with
/// each case once in `allCases`, an unknown case is an error that names the nearest, and values that are not given are those of `allCases`:
///
/// ```swift
/// public enum Schedule: Codable, Sendable, Equatable, CaseIterable {
///   case constant
///   case cosine
///   case steps(Steps)
///   public static let allCases: [Schedule] = [.constant, .cosine, .steps(Steps())]
/// }
/// ```
public protocol Settings: Codable, Sendable, Equatable, CheckedSettings {
  /// The defaults.
  init()
  /// Rules beyond the declared ranges: about values together, and values that have no effect.
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
      } else {
        Self.checkGroups(in: child.value, named: label, &checks)
      }
    }
  }

  /// The rules of the groups in a property: itself, what an optional holds, the elements of a list, the values of an enum's case.
  private static func checkGroups(in value: Any, named name: String, _ checks: inout SettingChecks) {
    if let group = value as? any CheckedSettings { return checks.group(name, group) }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional: mirror.children.forEach { checkGroups(in: $0.value, named: name, &checks) }
    case .enum: mirror.children.forEach { checkGroups(in: $0.value, named: "\(name).\($0.label ?? "")", &checks) }
    case .collection:
      guard let groups = value as? [any CheckedSettings] else { return }
      for (index, group) in groups.enumerated() { checks.group("\(name)[\(index)]", group) }
    default: break
    }
  }
}
