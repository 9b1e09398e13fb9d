import ArgumentParser
import Foundation
import Longtail

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

  /// What a row of a budget is called.
  static func name(_ share: Double) -> String { "budget \(RunQuery.percent(share)) %" }

  /// Tells on standard error which budgets have no row.
  func tellMissing(in rows: [String]) {
    for share in shares where !rows.contains(Self.name(share)) {
      Console.error(
        "note: \(Self.name(share)) has no row: even the first expert alone takes more of all experts' operations")
    }
  }

  var defaultValueDescription: String { shares.map { "\($0)" }.joined(separator: ",") }
}
