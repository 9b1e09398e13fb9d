import Foundation

/// Runs a body over many random cases. The seed is printed and is part of ``CaseContext/note``; the variable
/// LONGTAIL_TEST_SEED sets another first seed, so that a failure can be repeated and new cases can be tried.
///
/// - Parameters:
///   - count: number of cases; case `i` draws from seed + i.
///   - body: one case; draws its data from the generator it is given.
public func withRandomCases(
  _ count: Int = 50, name: String = #function, _ body: (inout SeededGenerator) throws -> Void
) rethrows {
  let first = ProcessInfo.processInfo.environment["LONGTAIL_TEST_SEED"].flatMap(UInt64.init) ?? 1
  print("\(name): \(count) random cases from LONGTAIL_TEST_SEED=\(first)")
  for seed in (0..<UInt64(count)).map({ first &+ $0 }) {
    var generator = SeededGenerator(seed: seed)
    try CaseContext.with("seed \(seed)") { try body(&generator) }
  }
}
