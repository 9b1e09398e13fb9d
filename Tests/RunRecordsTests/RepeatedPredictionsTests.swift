import Foundation
import RunRecords
import Testing

@Suite struct RepeatedPredictionsTests {
  private let first = ["cat", "cat", "cat", "ocelot"]
  private let second = ["cat", "ocelot", "cat", "ocelot"]

  @Test func matchesImageByImage() throws {
    let temporary = try TemporaryFolder()
    let one = try Sample.answeredRun(seed: 0, answers: first, at: temporary.file("a"))
    let two = try Sample.answeredRun(seed: 1, answers: second, at: temporary.file("b"))
    // The same answers in another order of lines.
    let folder = RunFolder(two.path)
    try folder.write(folder.readPredictions().reversed())
    let read = try RepeatedPredictions([one, two])
    #expect(read.images == ["0.png", "1.png", "2.png", "3.png"])
    #expect(read.labels == [0, 0, 1, 1])
    #expect(read.predictions == [[0, 0, 0, 1], [0, 1, 0, 1]])
    #expect(read.recipe == "plain/own")
    #expect(read.classes.counts == [200, 5])
    let result = try read.biasVariance()
    #expect(result.overall.bias == 0.25)
    #expect(result.overall.variance == 0.125)
    #expect(result.overall.error == 0.375)
  }

  @Test func tablesShowEveryGroup() throws {
    let report = try Sample.biasVariance(recipe: "plain/own")
    #expect(
      report.table.rows.map { Array($0.dropFirst(2)) } == [
        ["all", "25.0", "12.5", "37.5"], ["many", "0.0", "25.0", "25.0"], ["few", "50.0", "0.0", "50.0"],
      ])
    let lines = report.csv.split(separator: "\n")
    #expect(lines.count == 6)
    #expect(lines[1] == "plain/own,2,all,,,4,0.25,0.125,0.375")
    #expect(lines[5] == "plain/own,2,class,ocelot,5,2,0.5,0.0,0.5")
    let temporary = try TemporaryFolder()
    try report.writeImages(to: temporary.file("images.csv"))
    #expect(
      try text(of: temporary.file("images.csv")).split(separator: "\n")[2] == "plain/own,1.png,cat,cat,0.0,0.5,1.0,0.5")
  }

  @Test func refusesRunsThatCannotBeTakenTogether() throws {
    let temporary = try TemporaryFolder()
    let one = try Sample.answeredRun(seed: 0, answers: first, at: temporary.file("a"))
    func expect(_ runs: [RunSummary], _ text: String) {
      let error = #expect(throws: (any Error).self) { try BiasVarianceReport(runs) }
      #expect(error.map { "\($0)" }?.contains(text) == true, "\(String(describing: error))")
    }
    expect([], "no runs")
    let shorter = try Sample.answeredRun(seed: 1, answers: Array(first.dropLast()), at: temporary.file("b"))
    expect([one, shorter], "3 predictions, but")
    let counts = try Sample.answeredRun(seed: 2, answers: first, counts: [200, 6], at: temporary.file("c"))
    expect([one, counts], "differ from those of")
    let unknown = try Sample.answeredRun(seed: 3, answers: ["cat", "cat", "cat", "lynx"], at: temporary.file("d"))
    expect([one, unknown], "'lynx' is not one of the run's classes")
    let empty = try Sample.answeredRun(seed: 4, answers: first, at: temporary.file("e"))
    try FileManager.default.removeItem(atPath: RunFolder(empty.path).predictionsPath)
    expect([one, empty], "there is no such file")
    let other = try Sample.answeredRun(seed: 5, answers: first, at: temporary.file("f"))
    let folder = RunFolder(other.path)
    var records = try folder.readPredictions()
    records[1].path = "9.png"
    try folder.write(records)
    expect([one, other], "image '1.png'")
    records[1].path = "0.png"
    try folder.write(records)
    expect([one, other], "occurs twice")
    let again = try Sample.answeredRun(seed: 0, answers: second, at: temporary.file("i"))
    expect([one, again], "the same seed, 0")
    let changed = try Sample.answeredRun(seed: 7, answers: second, at: temporary.file("j"))
    try "recipe: plain/own\nexperts:\n  count: 3\n".write(
      toFile: RunFolder(one.path).recipePath, atomically: true, encoding: .utf8)
    try "recipe: plain/own\nexperts:\n  count: 4\n".write(
      toFile: RunFolder(changed.path).recipePath, atomically: true, encoding: .utf8)
    expect([one, changed], "experts.count is 3 in")
    // Of another recipe it is a row of its own.
    let alone = try Sample.answeredRun(recipe: "other/own", seed: 0, answers: first, at: temporary.file("g"))
    let two = try Sample.answeredRun(seed: 6, answers: second, at: temporary.file("h"))
    let report = try BiasVarianceReport([one, two, alone])
    #expect(report.rows.map(\.runs.count) == [2, 1])
    #expect(report.advice.count == 1)
    #expect(report.advice[0].contains("other/own has one run"))
    #expect(report.advice[0].contains("--seeds"))
    let variances = report.rows[1].result.samples.map(\.variance)
    #expect(
      variances.allSatisfy { $0 == 0 } && report.rows[1].result.overall.bias == report.rows[1].result.overall.error)
    #expect(throws: RunError.self) { try RepeatedPredictions([one, alone]) }
  }
}
