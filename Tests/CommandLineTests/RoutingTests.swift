import Foundation
import LongtailTestSupport
import Testing

/// A short run of experts with router, and what its thresholds give, through the tool alone.
@Suite struct RoutingTests {
  private struct Report: Decodable {
    struct Row: Decodable {
      let name: String
      let operationShare: Double
      let shares: [Double]
      let accuracy: Double
    }
    let rows: [Row]
  }

  private struct Metrics: Decodable {
    struct Experts: Decodable {
      struct Routing: Decodable { let shares: [Double] }
      let routing: Routing
    }
    let values: [String: Double]
    let experts: Experts
  }

  @Test func thresholdsOfARunAreAnalysed() throws {
    try withTemporaryFolder { folder in
      let data = folder.appending(path: "photos")
      try Fixture.classFolders(["cat": 12, "lynx": 8, "ocelot": 8], at: data)
      let trained = try Tool.run(
        [
          "train", "ride/own", "--data", data.path, "--hold-out", "0.5", "--out", "run", "--quiet", "--set",
          "training.length='2 steps'", "--set", "router.training.length='2 steps'", "--set", "training.batchSize=8",
          "--set",
          "model.inputSize=32", "--set", "model.backbone=resnet20", "--set", "experts.count=2", "--precision",
          "float32",
        ], in: folder)
      #expect(trained.status == 0, "\(trained.errors)")
      let result = try Tool.run(
        ["analyze", "routing", "run", "--json", "--operations", "0.8,0.1", "--precision", "float32"], in: folder)
      #expect(result.status == 0, "\(result.errors)")
      let rows = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8)).rows
      // One expert costs more than a tenth of both.
      #expect(Set(rows.map(\.name)) == ["all experts", "as trained", "one expert", "budget 80.0 %"])
      #expect(rows.first { $0.name == "all experts" }?.shares == [0, 1])
      #expect(rows.first { $0.name == "one expert" }?.shares == [1, 0])
      #expect(rows.allSatisfy { !$0.name.hasPrefix("budget") || $0.operationShare <= 0.8 })
      // The trained threshold is what the run itself was measured with.
      let metrics = try JSONDecoder().decode(
        Metrics.self, from: Data(contentsOf: folder.appending(path: "run/metrics.json")))
      let own = try #require(rows.first { $0.name == "as trained" })
      #expect(own.shares == metrics.experts.routing.shares && own.accuracy == metrics.values["accuracy"])
      let wrong = try Tool.run(["analyze", "routing", "run", "--operations", "0.8,2"], in: folder)
      #expect(wrong.status != 0 && wrong.errors.contains("'0.8,2'"), "\(wrong.errors)")
    }
  }

  @Test func runsWithoutGatesAreRefused() throws {
    try withTemporaryFolder { folder in
      let data = folder.appending(path: "photos")
      try Fixture.classFolders(["cat": 6, "lynx": 6], at: data)
      let trained = try Tool.run(
        [
          "train", "balanced-softmax/own", "--data", data.path, "--hold-out", "0.5", "--out", "run", "--quiet", "--set",
          "training.length='1 steps'", "--set", "model.inputSize=32", "--set", "model.backbone=resnet20",
        ], in: folder)
      #expect(trained.status == 0, "\(trained.errors)")
      let result = try Tool.run(["analyze", "routing", "run"], in: folder)
      #expect(result.status == 2 && result.errors.contains("a network without a router"), "\(result.errors)")
    }
  }

  /// A network of several parts can begin with what one of its kind has learned; what it lacks, such as router, is left out.
  @Test(arguments: ["ride", "camc"]) func composedNetworksBeginWithTheirOwnWeights(method: String) throws {
    try withTemporaryFolder { folder in
      let data = folder.appending(path: "photos")
      try Fixture.classFolders(["cat": 6, "lynx": 6], at: data)
      var options = [
        "train", "\(method)/own", "--data", data.path, "--hold-out", "0.5", "--set", "training.length='1 steps'",
        "--set",
        "model.inputSize=32", "--set", "model.backbone=resnet20", "--precision", "float32",
      ]
      if method == "ride" { options += ["--set", "router.training.length='1 steps'"] }
      let first = try Tool.run(options + ["--out", "first", "--quiet"], in: folder)
      #expect(first.status == 0, "\(first.errors)")
      let second = try Tool.run(
        options + ["--out", "second", "--weights", "first/checkpoints/last.safetensors"], in: folder)
      #expect(second.status == 0, "\(second.errors)")
      let numbers = try #require((second.errors + second.output).firstMatch(of: /weights: (\d+) of (\d+) tensors fit/))
      #expect(numbers.1 == numbers.2)
    }
  }
}
