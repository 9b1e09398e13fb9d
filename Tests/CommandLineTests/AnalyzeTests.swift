import Foundation
import Longtail
import LongtailTestSupport
import Testing

@Suite struct AnalyzeTests {
  private static let labels = ["cat", "cat", "cat", "ocelot", "ocelot"]

  /// Three runs of one recipe and two of another, with their answers.
  private func withRuns(_ body: (URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let runs: [(recipe: String, seed: Int, answers: [String])] = [
        ("plain/own", 0, ["cat", "cat", "cat", "cat", "cat"]),
        ("plain/own", 1, ["cat", "cat", "ocelot", "cat", "ocelot"]),
        ("plain/own", 2, ["cat", "ocelot", "cat", "cat", "ocelot"]),
        ("better/own", 0, ["cat", "cat", "cat", "ocelot", "cat"]),
        ("better/own", 1, ["cat", "cat", "cat", "ocelot", "ocelot"]),
      ]
      for run in runs {
        let place = folder.appending(path: "runs/\(run.recipe.prefix { $0 != "/" })/seed-\(run.seed)")
        try Fixture.run(recipe: run.recipe, seed: run.seed, accuracy: 0.4, at: place)
        try RunFolder(place.path).write(
          zip(Self.labels, run.answers).enumerated().map { index, pair in
            PredictionRecord(
              index: index, path: "\(pair.0)/\(index).png", label: pair.0, prediction: pair.1, confidence: 0.5)
          })
      }
      try Fixture.run(recipe: "plain/own", seed: 3, accuracy: 0.4, at: folder.appending(path: "runs/silent"))
      try body(folder)
    }
  }

  private func analyze(_ arguments: [String], in folder: URL) throws -> ToolResult {
    try Tool.run(["analyze", "bias-variance"] + arguments, in: folder)
  }

  @Test(arguments: ["text", "csv", "markdown", "latex"]) func printsTables(format: String) throws {
    try withRuns { folder in
      let result = try analyze(["plain", "better", "--format", format], in: folder)
      #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
      try Snapshot.expect(result.output, "analyze-bias-variance-\(format)")
    }
  }

  @Test func writesJSONPageAndImages() throws {
    try withRuns { folder in
      let result = try analyze(
        ["plain/seed-0", "plain/seed-2", "--json", "--out", "page.html", "--images", "images.csv"], in: folder)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.errors == "wrote page.html\nwrote images.csv\n")
      let json = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
      let rows = try #require(json["rows"] as? [[String: Any]])
      #expect(rows.count == 1 && rows[0]["recipe"] as? String == "plain/own")
      let page = try String(contentsOf: folder.appending(path: "page.html"), encoding: .utf8)
      #expect(page.contains("plain/own") && page.contains("<svg"))
      let images = try String(contentsOf: folder.appending(path: "images.csv"), encoding: .utf8)
      #expect(images.split(separator: "\n").count == 6)
      // Nothing is written over.
      let again = try analyze(["plain", "--out", "page.html"], in: folder)
      #expect(again.status == 2 && again.output.isEmpty)
    }
  }

  @Test(arguments: [
    ("silent", ["plain", "silent"]), ("unknown", ["plane"]), ("none", []),
  ])
  func saysWhatIsMissing(name: String, runs: [String]) throws {
    try withRuns { folder in
      let result = try analyze(runs, in: folder)
      #expect(result.status != 0 && result.output.isEmpty)
      try Snapshot.expect(
        result.errors, "error-bias-variance-\(name)", replacing: [folder.path: "<folder>"])
    }
  }

  @Test func oneRunHasNoVarianceAndAdviceForMore() throws {
    try withRuns { folder in
      let result = try analyze(["plain/seed-0", "--format", "csv"], in: folder)
      #expect(result.status == 0 && result.errors.contains("has one run") && result.errors.contains("--seeds"))
      let lines = result.output.split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
      let column = try #require(lines[0].firstIndex(of: "variance"))
      #expect(lines.count > 2 && lines.dropFirst().allSatisfy { $0[column] == "0.0" })
    }
  }

  @Test func refusesRunsOnOtherImages() throws {
    try withRuns { folder in
      let path = folder.appending(path: "runs/plain/seed-1").path
      var records = try RunFolder(path).readPredictions()
      records[2].path = "cat/9.png"
      try RunFolder(path).write(records)
      let result = try analyze(["plain"], in: folder)
      #expect(result.status == 2)
      try Snapshot.expect(result.errors, "error-bias-variance-images", replacing: [folder.path: "<folder>"])
    }
  }
}
