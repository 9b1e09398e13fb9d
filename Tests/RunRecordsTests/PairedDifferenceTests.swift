import Foundation
import RunRecords
import Serialization
import Testing

@Suite struct PairedDifferenceTests {
  /// Three pairs: the mean, and 4.3027 standard errors.
  @Test func theIntervalIsStudents() throws {
    let found = try #require(PairedDifference([1, 2, 3]))
    #expect(found.mean == 2)
    #expect(found.pairs == 3)
    #expect(abs((found.halfWidth ?? 0) - 4.3027 / 3.0.squareRoot()) < 1e-9)
    #expect(PairedDifference([5])?.halfWidth == nil)
    #expect(PairedDifference([]) == nil)
  }

  /// Beyond the table the quantile goes on falling towards the normal one: 2.0395 for 31 degrees of freedom, 1.9840 for 100.
  @Test(arguments: [(31, 2.0395), (100, 1.9840), (1000, 1.9623)])
  func manyPairs(freedom: Int, quantile: Double) throws {
    let values = (0...freedom).map { Double($0 % 2) }
    let found = try #require(PairedDifference(values))
    let deviation = try #require(RunComparison.statistic(values)?.standardDeviation)
    let half = try #require(found.halfWidth)
    #expect(abs(half * Double(values.count).squareRoot() / deviation - quantile) < 1e-4)
  }

  @Test func tablesForLaTeX() {
    var table = TextTable([.init("recipe"), .init("all_%", .right)])
    table.append(["a&b", "50 ± 1"])
    table.notes.append("note")
    #expect(
      table.latex
        == "\\begin{tabular}{lr}\n\\hline\nrecipe & all\\_\\% \\\\\n\\hline\na\\&b & 50 $\\pm$ 1 \\\\\n\\hline\n\\end{tabular}\n% note\n"
    )
  }
}
