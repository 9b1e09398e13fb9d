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

  @Test func refusesAnotherTable() throws {
    let temporary = try TemporaryFolder()
    let summaries = try runs(in: temporary)
    let file = temporary.file("table.csv")
    try Data("name,count\ncat,3\n".utf8).write(to: URL(fileURLWithPath: file))
    #expect(throws: RunError.self) { try ResultsFile.append(RunComparison(summaries), of: summaries, to: file) }
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "name,count\ncat,3\n")
  }
}
