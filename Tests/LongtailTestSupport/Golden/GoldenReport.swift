/// What running a folder of golden books gave.
public struct GoldenReport: Sendable {
  /// Cases whose operation was run.
  public internal(set) var caseCount = 0
  /// Books in the folder.
  public internal(set) var bookCount = 0
  /// Cases in the files, counted apart from running them.
  public internal(set) var countedCases = 0
  /// Everything that is wrong, each with book and case; empty when all agree.
  public internal(set) var failures: [String] = []

  /// The line that ends a run.
  public var summary: String { "golden: \(caseCount) cases of \(bookCount) books" }

  /// A report without cases.
  public init() {}
}
