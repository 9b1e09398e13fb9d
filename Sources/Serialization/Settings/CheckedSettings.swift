/// Settings with rules for their values.
///
/// The rules stand beside the declaration of the values; a group checks the groups that it holds, so that one call checks a whole recipe:
///
/// ```swift
/// extension OptimizerSettings: CheckedSettings {
///   func check(_ checks: inout SettingChecks) {
///     checks.number("weightDecay", weightDecay, in: 0...10)
///   }
/// }
/// ```
public protocol CheckedSettings {
  /// Checks each value, and values together.
  func check(_ checks: inout SettingChecks)
}

extension CheckedSettings {
  /// Refuses values outside their ranges.
  ///
  /// - Parameter path: the path of the group, such as `training`; empty for the whole.
  /// - Throws: `SettingFault`, the first one.
  public func requireValid(at path: String = "") throws {
    var checks = SettingChecks()
    checks.group(path, self)
    if let fault = checks.faults.first { throw fault }
  }
}
