import ArgumentParser
import Longtail

/// The ranges of numbers on the command line.
public enum OptionRange {
  /// Refuses a number outside a range.
  ///
  /// - Parameters:
  ///   - option: the option, such as `--threads`.
  ///   - value: the number; nil for an option that is not given.
  ///   - range: the numbers that are accepted.
  /// - Throws: `ValidationError`.
  public static func check<Value: Comparable>(
    _ option: String, _ value: Value?, in range: ClosedRange<Value>
  ) throws {
    guard let value, !range.contains(value) else { return }
    let (least, most) = (SettingChecks.text(of: range.lowerBound), SettingChecks.text(of: range.upperBound))
    throw ValidationError(
      "\(option) is \(SettingChecks.text(of: value)), but must be at least \(least) and at most \(most).")
  }

  /// Refuses a hold-out that leaves nothing to train on.
  static func checkHoldOut(_ value: Double?) throws {
    guard let value, !(0..<1).contains(value) else { return }
    throw ValidationError("--hold-out is \(value), but must be at least 0 and below 1.")
  }
}
