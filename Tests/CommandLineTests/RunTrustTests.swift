import Foundation
import Longtail
import LongtailTestSupport
import Serialization
import Testing
import VisionModels

/// What the tool takes for a run, for weights and for a place to write, and what it does not.
@Suite struct RunTrustTests {
  private func train(_ out: String, data: URL, in folder: URL, _ more: [String] = []) throws -> ToolResult {
    try Tool.run(
      [
        "train", "cross-entropy/own", "--data", data.path, "--hold-out", "0.3", "--out", out, "--quiet", "--set",
        "training.length='1 epochs'", "--set", "training.batchSize=4", "--set", "training.warmupEpochs=0", "--set",
        "model.inputSize=32", "--set", "model.backbone=resnet20",
      ] + more, in: folder)
  }

  @Test(arguments: [
    ["train", "cross-entropy/synthetic", "--data", "synthetic", "--quiet", "--out", ""],
    ["compare", "cross-entropy/synthetic", "--data", "synthetic", "--quiet", "--out", ""],
    ["demo", "--quiet", "--out", ""],
    ["train", "cross-entropy/synthetic", "--data", "synthetic", "--quiet", "--seeds", "1,2", "--out", ""],
    ["train", "--resume", ""],
  ])
  func anEmptyPathIsRefused(arguments: [String]) throws {
    try withTemporaryFolder { folder in
      let result = try Tool.run(arguments, in: folder)
      #expect(result.status == 2)
      #expect(!result.errors.isEmpty)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
      #expect(!FileManager.default.fileExists(atPath: "/recipe.yaml"))
    }
  }

  /// A report that a kill has left unmade is made, also of a run that has ended; a start that was interrupted can be started again.
  @Test func missingPartsAreMadeAgain() throws {
    try withTemporaryFolder { folder in
      let data = folder.appending(path: "photos")
      try Fixture.classFolders(["cat": 6, "lynx": 4], at: data)
      let run = folder.appending(path: "run")
      try FileManager.default.createDirectory(
        at: run.appending(path: "checkpoints"), withIntermediateDirectories: true)
      try Data().write(to: run.appending(path: "run.lock"))
      try Data("recipe: cross-".utf8).write(to: run.appending(path: "recipe.yaml"))
      let early = try Tool.run(["train", "--resume", "run"], in: folder)
      #expect(early.status == 2)
      #expect(
        early.errors.contains("interrupted before anything was trained; start it anew with --out"), "\(early.errors)")
      let trained = try train("run", data: data, in: folder)
      #expect(trained.status == 0, "\(trained.errors)")
      let report = run.appending(path: "report.html")
      try FileManager.default.removeItem(at: report)
      let again = try Tool.run(["train", "--resume", "run"], in: folder)
      #expect(again.status == 0)
      #expect(again.errors.contains("the report was missing and has been made"), "\(again.errors)")
      #expect(FileManager.default.fileExists(atPath: report.path))
      // The recipe of a run is fixed, and can be the beginning of another one.
      let recipe = run.appending(path: "recipe.yaml")
      try (String(contentsOf: recipe, encoding: .utf8) + "\n").write(to: recipe, atomically: true, encoding: .utf8)
      let edited = try Tool.run(["train", "--resume", "run"], in: folder)
      #expect(edited.status == 2)
      #expect(edited.errors.contains("has been changed since the run began"), "\(edited.errors)")
      let anew = try train("new", data: data, in: folder, ["--config", recipe.path])
      #expect(anew.status == 0, "\(anew.errors)")
    }
  }

  /// Pipes and devices in place of weights, checkpoints and runs are refused at once; nothing waits for a writer.
  @Test func specialFilesAreRefused() throws {
    try withTemporaryFolder { folder in
      let pipe = folder.appending(path: "pipe.safetensors").path
      #expect(mkfifo(pipe, 0o644) == 0)
      let other = folder.appending(path: "pipe.pth").path
      #expect(mkfifo(other, 0o644) == 0)
      let commands = [
        ["train", "cross-entropy/synthetic", "--data", "synthetic", "--weights", pipe],
        ["train", "cross-entropy/synthetic", "--data", "synthetic", "--weights", other],
        ["train", "crt/synthetic", "--data", "synthetic", "--finished-stage", "features=\(pipe)"],
        ["models", "import", pipe, "--as", "resnet32"], ["models", "import", "/dev/zero", "--as", "resnet32"],
        ["eval", pipe, "--data", "synthetic"], ["predict", pipe, folder.path],
      ]
      for command in commands {
        let result = try Tool.run(command, in: folder)
        #expect(result.status == 2, "\(command)")
        #expect(!result.errors.isEmpty)
      }
      for (name, command) in [
        ("run.json", ["train", "--resume", "run"]), ("log.jsonl", ["runs", "show", "run"]),
        ("metrics.json", ["runs", "list", "."]), ("run.lock", ["runs", "list", "."]),
        ("environment.json", ["runs", "list", "."]),
      ] {
        let run = folder.appending(path: "run")
        try? FileManager.default.removeItem(at: run)
        try Fixture.run(recipe: "cross-entropy/own", seed: 0, accuracy: 0.5, at: run)
        try? FileManager.default.removeItem(at: run.appending(path: name))
        #expect(mkfifo(run.appending(path: name).path, 0o644) == 0)
        _ = try Tool.run(command, in: folder)
      }
    }
  }

  /// Values that are not finite are named before a folder is made, whoever asks for the weights.
  @Test func weightsThatAreNotFiniteAreRefused() throws {
    try withTemporaryFolder { folder in
      let model = try ModelDescription(backbone: "resnet32").model(classes: 12, seed: 0)
      let tensors = model.state
      let name = "layer2.1.bn2.running_mean"
      let path = folder.appending(path: "weights.safetensors").path
      try SafetensorsWriter.write(to: path, tensors: tensors.map { $0.tensor.layout(named: $0.name) }) {
        index, output in
        let values = try tensors[index].tensor.detached().clone()
        if tensors[index].name == name { try values.fill(.nan) }
        try values.withHostBytes { try output($0) }
      }
      for command in [
        [
          "train", "cross-entropy/synthetic", "--data", "synthetic", "--set", "model.backbone=resnet32", "--weights",
          path,
        ],
        ["models", "import", path, "--as", "resnet32"],
      ] {
        let result = try Tool.run(command, in: folder)
        #expect(result.status == 2)
        #expect(result.errors.contains("tensor '\(name)' holds values that are not finite"), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "runs").path))
      }
    }
  }
}
