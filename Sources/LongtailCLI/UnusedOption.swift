import ArgumentParser
import Longtail

/// Options that have no effect beside others or with the data at hand. One that is given all the same is refused, so that none is ignored
/// silently.
enum UnusedOption {
  /// Refuses an option that is given in vain.
  ///
  /// - Parameters:
  ///   - option: its name, `--cache-side`.
  ///   - isGiven: whether it stands on the command line.
  ///   - isUnused: whether it has no effect.
  ///   - reason: why it has none, and what to do.
  static func refuse(_ option: String, given isGiven: Bool, if isUnused: Bool = true, _ reason: String) throws {
    guard isGiven, isUnused else { return }
    throw ValidationError("\(option) has no effect: \(reason).")
  }
}

extension SettingsTree {
  /// Applies the texts after `--set`.
  /// - Throws: `ValidationError` for two values of one setting, of which one would be ignored; `SettingsError` for others.
  mutating func apply(assignments: [String]) throws {
    var given: [Substring: Substring] = [:]
    for assignment in assignments {
      try apply(assignment: assignment)
      let parts = assignment.split(separator: "=", maxSplits: 1)
      if let other = given.updateValue(parts[1], forKey: parts[0]), other != parts[1] {
        throw ValidationError("--set gives \(parts[0]) two values, \(other) and \(parts[1]); leave out one of both.")
      }
    }
  }

  /// Refuses values from `--set` that a command makes no use of. One that is as the recipe has it changes nothing.
  ///
  /// - Parameters:
  ///   - defaults: the recipe's own settings.
  ///   - reason: why the setting at a path has no effect with its value, and what to do; nil for one that is used.
  func requireUse(beside defaults: SettingsTree, _ reason: (_ path: String, _ value: JSONValue) -> String?) throws {
    for leaf in leaves where leaf.origin == .commandLine && leaf.value != defaults.value(at: leaf.path) {
      guard let reason = reason(leaf.path, leaf.value) else { continue }
      throw SettingsError.invalidValue(path: leaf.path, reason: "it has no effect: \(reason)", origin: leaf.origin)
    }
  }
}
