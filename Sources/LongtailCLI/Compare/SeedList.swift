import ArgumentParser
import Foundation

/// Seeds as they stand on the command line.
enum SeedList {
  /// Different numbers separated by commas.
  static func parse(_ text: String) throws -> [UInt64] {
    let parts = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    let numbers = parts.compactMap(UInt64.init)
    guard numbers.count == parts.count, !numbers.isEmpty, Set(numbers).count == numbers.count else {
      throw ValidationError("--seeds is '\(text)', but must be different numbers separated by commas, such as 0,1,2.")
    }
    return numbers
  }
}
