import ArgumentParser
import Longtail
import Serialization

/// The ranges of numbers on the command line.
enum OptionRange {
  /// Refuses a number outside a range; one that is not given is in order.
  static func check<Value: Comparable>(_ option: String, _ value: Value?, in range: ClosedRange<Value>) throws {
    guard let value, !range.contains(value) else { return }
    let (least, most) = (SettingChecks.text(of: range.lowerBound), SettingChecks.text(of: range.upperBound))
    throw ValidationError(
      "\(option) is \(SettingChecks.text(of: value)), but must be at least \(least) and at most \(most).")
  }
}
