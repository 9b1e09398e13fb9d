import Foundation
import RunRecords
import Testing

@Suite struct ResultsFileTests {
  private let header =
    "date,commit,recipe,seeds,epochs,metric,mean,standard_deviation,runs,selection,device,precision,threads,engine,command"

  private func runs(in temporary: TemporaryFolder) throws -> [RunSummary] {
    for (seed, accuracy) in [0.25, 0.75].enumerated() {
      let path = temporary.file("seed-\(seed)")
      try Sample.finishedRun(at: path, metrics: Sample.metrics(recipe: "a", seed: seed, accuracy: accuracy))
      var environment = Sample.environment(seed: seed)
      environment.commandLine = ["/a/longtail", "train", "a", "--data", "/b/photos"]
      environment.processor = "a processor"
      try RunFolder(path).write(environment)
    }
    return try RunQuery.list(temporary.path)
  }

  @Test func growsWithoutPathsOfTheMachine() throws {
    let temporary = try TemporaryFolder()
    let summaries = try runs(in: temporary)
    let file = temporary.file("results/table.csv")
    try FileManager.default.createDirectory(atPath: temporary.file("results"), withIntermediateDirectories: true)
    for _ in 0..<2 { try ResultsFile.append(RunComparison(summaries), of: summaries, to: file) }
    let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(String.init)
    let common = "1970-01-01T00:00:00Z,,a,0 1,10"
    let deviation = "2,last,\"cpu, a processor\",float32,2,2.11.0,longtail train a --data photos"
    // Of 0.25 and 0.75 with n - 1: sqrt(0.125).
    let accuracy = "\(common),accuracy,0.5,\(0.125.squareRoot()),\(deviation)"
    let few = "\(common),fewShotAccuracy,0.25,\(0.125.squareRoot() / 2),\(deviation)"
    #expect(lines == [header, accuracy, few, accuracy, few])
  }

  /// A reader must see that a method of two stages was trained longer than its last one; what a shell would split stays one word.
  @Test func tellsTheEpochsOfAllStages() throws {
    let temporary = try TemporaryFolder()
    let path = temporary.file("two")
    try Sample.finishedRun(at: path, metrics: Sample.metrics(recipe: "a", seed: 0, accuracy: 0.5))
    var environment = Sample.environment(seed: 0)
    environment.commandLine = ["longtail", "train", "a", "--set", "training.length=20 epochs"]
    try RunFolder(path).write(environment)
    let log = try LogWriter(RunFolder(path).logPath)
    for (stage, epochs) in [("features", 20), ("divided", 0), ("classifier", 5), ("classifier", 5)] {
      try log.append(.stageEnded, step: 1000, epoch: epochs, ["stage": .string(stage)])
    }
    let file = temporary.file("table.csv")
    let summaries = [RunSummary(RunFolder(path))]
    try ResultsFile.append(RunComparison(summaries), of: summaries, to: file)
    let text = try String(contentsOfFile: file, encoding: .utf8)
    #expect(text.contains(",a,0,20+5,accuracy,"))
    #expect(text.contains("longtail train a --set 'training.length=20 epochs'"))
  }

  @Test func refusesAnotherTable() throws {
    let temporary = try TemporaryFolder()
    let summaries = try runs(in: temporary)
    let file = temporary.file("table.csv")
    try Data("name,count\ncat,3\n".utf8).write(to: URL(fileURLWithPath: file))
    #expect(throws: RunError.self) { try ResultsFile.append(RunComparison(summaries), of: summaries, to: file) }
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "name,count\ncat,3\n")
  }
}
