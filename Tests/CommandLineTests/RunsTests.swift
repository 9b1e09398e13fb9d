import Foundation
import LongtailTestSupport
import Testing

@Suite struct RunsTests {
  private func withRuns(_ body: (URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      for (seed, accuracy) in [(0, 0.40), (1, 0.42), (2, 0.44)] {
        try Fixture.run(
          recipe: "plain/own", seed: seed, accuracy: accuracy, at: folder.appending(path: "runs/plain/seed-\(seed)"))
      }
      try Fixture.run(recipe: "better/own", seed: 0, accuracy: 0.5, at: folder.appending(path: "runs/better"))
      try Fixture.unfinishedRun(seed: 3, at: folder.appending(path: "runs/stopped"))
      try body(folder)
    }
  }

  private func expect(
    _ arguments: [String], _ name: String, in folder: URL, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let result = try Tool.run(["runs"] + arguments, in: folder)
    #expect(result.status == 0, sourceLocation: sourceLocation)
    #expect(result.errors.isEmpty, sourceLocation: sourceLocation)
    try Snapshot.expect(result.output, name, replacing: [folder.path: "<folder>"], sourceLocation: sourceLocation)
  }

  @Test func lists() throws {
    try withRuns { folder in
      try expect(["list"], "runs-list", in: folder)
      let json = try Tool.run(["runs", "list", "runs", "--json"], in: folder)
      let runs = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
      #expect(
        runs.map { $0["name"] as? String } == ["better", "plain/seed-0", "plain/seed-1", "plain/seed-2", "stopped"])
      #expect(runs.last?["status"] as? String == "interrupted")
    }
  }

  @Test func saysThatThereAreNone() throws {
    try withTemporaryFolder { folder in
      try expect(["list"], "runs-none", in: folder)
      #expect(try Tool.run(["runs", "list", "--json"], in: folder).output == "[]\n")
    }
  }

  @Test(arguments: ["better", "plain", "stopped"])
  func shows(name: String) throws {
    try withRuns { folder in
      try expect(["show", name], "runs-show-\(name)", in: folder)
      try expect(["show", "runs/\(name)/"], "runs-show-\(name)", in: folder)
    }
  }

  @Test func showsAsJSON() throws {
    try withRuns { folder in
      let result = try Tool.run(["runs", "show", "better", "--json"], in: folder)
      let json = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
      #expect((json["classes"] as? [[String: Any]])?.count == 2)
      #expect((json["environment"] as? [String: Any])?["processor"] as? String == "A processor")
    }
  }

  @Test(arguments: ["text", "markdown", "csv"])
  func compares(format: String) throws {
    try withRuns { folder in
      try expect(["compare", "plain", "better", "--format", format], "runs-compare-\(format)", in: folder)
    }
  }

  /// The page can be made again at any time, of one run, of its seeds, and of several; what others wrote is not written over.
  @Test func makesThePageAgain() throws {
    try withRuns { folder in
      func text(_ path: String) throws -> String {
        try String(contentsOf: folder.appending(path: path), encoding: .utf8)
      }
      let single = try Tool.run(["runs", "report", "better"], in: folder)
      #expect(single.status == 0 && single.output == "wrote runs/better/report.html\n", "\(single.errors)")
      #expect(try text("runs/better/report.html").contains("<td>ocelot</td><td>cat</td><td>7</td><td>70.0</td>"))
      #expect(try Tool.run(["runs", "report", "better"], in: folder).status == 0)
      #expect(try Tool.run(["runs", "report", "plain"], in: folder).status == 0)
      #expect(try text("runs/plain/report.html").contains("mean of 3 seeds"))
      #expect(try Tool.run(["runs", "report", "plain", "better"], in: folder).status == 2)
      let both = ["runs", "report", "plain", "better", "--out", "both.html"]
      #expect(try Tool.run(both, in: folder).status == 0)
      #expect(try text("both.html").contains("better/own") && text("both.html").contains("plain/own"))
      #expect(try Tool.run(both, in: folder).status == 2)
      let stopped = try Tool.run(["runs", "report", "stopped"], in: folder)
      #expect(stopped.status == 2 && stopped.errors.contains("none of the runs has metrics or a completed epoch yet"))
    }
  }

  @Test func refusesToCompareWhatSaysNothing() throws {
    try withRuns { folder in
      let twice = try Tool.run(["runs", "compare", "better", "better"], in: folder)
      #expect(twice.status == 2)
      #expect(twice.errors.contains("seed 0 of better/own is given twice"))
      let stopped = try Tool.run(["runs", "compare", "plain", "stopped"], in: folder)
      #expect(stopped.status == 2)
      #expect(stopped.errors.contains("has no metrics yet"))
      let misspelt = try Tool.run(["runs", "show", "bettr"], in: folder)
      #expect(misspelt.status == 2)
      #expect(misspelt.errors.contains("did you mean 'runs/better'?"))
    }
  }
}
