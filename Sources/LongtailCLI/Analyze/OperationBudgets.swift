import ArgumentParser
import Foundation

/// Shares of the operations of all experts, such as `0.77,0.6`.
struct OperationBudgets: ExpressibleByArgument {
  /// Each above 0 and at most 1.
  let shares: [Double]

  init(_ shares: [Double]) { self.shares = shares }

  init?(argument: String) {
    let found = argument.split(separator: ",").map { Double($0.trimmingCharacters(in: .whitespaces)) ?? 0 }
    guard found.allSatisfy({ $0 > 0 && $0 <= 1 }) else { return nil }
    shares = found
  }

  var defaultValueDescription: String { shares.map { "\($0)" }.joined(separator: ",") }
}
