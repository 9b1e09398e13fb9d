import Foundation
import LongtailTestSupport
import Testing

/// One short run from start to predictions, through the tool alone.
@Suite struct TrainingTests {
  @Test func trainsMeasuresAndPredicts() throws {
    try withTemporaryFolder { folder in
      let data = folder.appending(path: "photos")
      try Fixture.classFolders(["cat": 12, "lynx": 6, "ocelot": 4], at: data)
      let trained = try Tool.run(
        [
          "train", "balanced-softmax/own", "--data", data.path, "--hold-out", "0.25", "--out", "first", "--quiet",
          "--set", "training.length='2 epochs'", "--set", "training.batchSize=8", "--set", "training.warmupEpochs=0",
          "--set", "model.inputSize=32", "--set", "model.backbone=resnet20",
        ], in: folder)
      #expect(trained.status == 0, "\(trained.errors)")
      for file in ["recipe.yaml", "environment.json", "log.jsonl", "metrics.json", "per-class.csv", "predictions.csv"] {
        #expect(FileManager.default.fileExists(atPath: folder.appending(path: "first/\(file)").path), "\(file)")
      }
      let measured = try Tool.run(["eval", "first", "--json"], in: folder)
      #expect(measured.status == 0, "\(measured.errors)")
      let shown = try Tool.run(["runs", "show", "first"], in: folder)
      #expect(shown.status == 0)
      #expect(shown.output.contains("balanced-softmax/own") && shown.output.contains("finished"))
      let predicted = try Tool.run(["predict", "first", data.path, "--format", "csv"], in: folder)
      #expect(predicted.status == 0, "\(predicted.errors)")
      let lines = predicted.output.split(separator: "\n")
      #expect(lines.count == 1 + 22)
      #expect(lines.dropFirst().allSatisfy { line in ["cat", "lynx", "ocelot"].contains { line.contains(",\($0),") } })
      let others = folder.appending(path: "others")
      try Fixture.classFolders(["cat": 2, "lynxx": 2], at: others)
      let foreign = try Tool.run(["eval", "first", "--data", others.path], in: folder)
      #expect(foreign.status == 0, "\(foreign.errors)")
      #expect(foreign.errors.contains("'lynxx' (2 images; did you mean 'lynx'?)"), "\(foreign.errors)")
      #expect(foreign.output.contains("2 images of \(others.path) (all images)"), "\(foreign.output)")
      let again = try Tool.run(["train", "--resume", "first"], in: folder)
      #expect(again.status == 0)
      #expect(again.errors.contains("finished already"))
    }
  }

  /// A shorter length than the schedule was made for must not go unnoticed.
  @Test func sizeAndUnreachedDecaysAreTold() throws {
    try withTemporaryFolder { folder in
      let data = folder.appending(path: "photos")
      try Fixture.classFolders(["cat": 6, "lynx": 3], at: data)
      func train(_ decays: String, _ out: String) throws -> ToolResult {
        try Tool.run(
          [
            "train", "cross-entropy/own", "--data", data.path, "--out", out, "--set", "training.length='2 epochs'",
            "--set", "training.schedule.steps={epochs: \(decays), factors: [0.1]}", "--set", "training.batchSize=4",
            "--set", "training.warmupEpochs=0",
            "--set", "model.inputSize=32", "--set", "model.backbone=resnet20",
          ], in: folder)
      }
      let late = try train("[2]", "late")
      #expect(late.status == 0, "\(late.errors)")
      #expect(
        late.errors.contains("network: resnet20, 269,202 parameters, 40.55 M multiply-accumulates"), "\(late.errors)")
      #expect(late.errors.contains("milestones past the last epoch: 2 of 2 epochs"), "\(late.errors)")
      #expect(try !train("[1]", "reached").errors.contains("milestones past"))
    }
  }

  /// Without a test set a run ends as finished, has a page, and is not trained again.
  @Test func aRunWithoutATestSetIsFinished() throws {
    try withTemporaryFolder { folder in
      let data = folder.appending(path: "photos")
      try Fixture.classFolders(["cat": 6, "lynx": 3], at: data)
      let unmeasured = try Tool.run(
        ["train", "cross-entropy/own", "--data", data.path, "--evaluate-every", "1"], in: folder)
      #expect(unmeasured.status == 2)
      #expect(unmeasured.errors.contains("--evaluate-every evaluates on a test set"), "\(unmeasured.errors)")
      let trained = try Tool.run(
        [
          "train", "cross-entropy/own", "--data", data.path, "--out", "runs/a", "--set", "training.length='3 steps'",
          "--set", "training.batchSize=4", "--set", "training.warmupEpochs=0", "--set", "model.inputSize=32", "--set",
          "model.backbone=resnet20",
        ], in: folder)
      #expect(trained.status == 0, "\(trained.errors)")
      #expect(trained.output.contains("not evaluated: the data have no test set"))
      #expect(FileManager.default.fileExists(atPath: folder.appending(path: "runs/a/report.html").path))
      let listed = try Tool.run(["runs", "list"], in: folder)
      #expect(listed.output.contains(#/cross-entropy/own +0 +finished +2 /#), "\(listed.output)")
      let shown = try Tool.run(["runs", "show", "a"], in: folder)
      #expect(shown.output.contains("have no test set") && !shown.output.contains("--resume"))
      let again = try Tool.run(["train", "--resume", "runs/a"], in: folder)
      #expect(again.errors.contains("finished already"))
    }
  }
}
