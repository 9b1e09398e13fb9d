import Foundation
import LongtailTestSupport
import Testing

/// Bad input: exit code 2, nothing on standard output, and a text that says what to do.
@Suite struct ErrorTests {
  private func expectError(
    _ arguments: [String], _ name: String, in folder: URL? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let result = try Tool.run(arguments, in: folder)
    #expect(result.status == 2, sourceLocation: sourceLocation)
    #expect(result.output.isEmpty, sourceLocation: sourceLocation)
    let replacing = folder.map { [$0.path: "<folder>"] } ?? [:]
    try Snapshot.expect(result.errors, "error-" + name, replacing: replacing, sourceLocation: sourceLocation)
  }

  @Test(arguments: [
    ("unknown-command", ["trian"]), ("unknown-subcommand", ["data", "histogram"]),
    ("missing-option", ["data", "inspect"]),
    ("missing-folder", ["data", "inspect", "--data", "no/such/folder"]),
    ("unknown-recipe", ["recipes", "show", "balanced-sofmax/cifar100-lt"]),
    ("unknown-recipe-train", ["train", "balanced", "--data", "synthetic"]),
    ("unknown-key", ["train", "cross-entropy/synthetic", "--data", "synthetic", "--set", "training.learningrat=1"]),
    ("wrong-value", ["train", "cross-entropy/synthetic", "--data", "synthetic", "--set", "training.batchSize=many"]),
    ("no-data", ["train", "cross-entropy/synthetic"]),
    ("device", ["train", "cross-entropy/synthetic", "--data", "synthetic", "--device", "tpu"]),
    ("missing-root", ["runs", "list", "no/such/root"]), ("unknown-run", ["runs", "show", "nothing"]),
    ("not-a-run", ["train", "--resume", "no/such/run"]), ("missing-checkpoint", ["eval", "no/such/run"]),
  ])
  func saysWhatIsWrong(name: String, arguments: [String]) throws {
    try withTemporaryFolder { folder in
      try expectError(arguments, name, in: folder)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }

  @Test(arguments: ["inspect", "check"])
  func refusesOneClass(verb: String) throws {
    try withTemporaryFolder { folder in
      try Fixture.classFolders(["cat": 3], at: folder.appending(path: "data"))
      try expectError(["data", verb, "--data", folder.appending(path: "data").path], "one-class", in: folder)
    }
  }

  @Test func refusesImagesWithoutClasses() throws {
    try withTemporaryFolder { folder in
      try Fixture.classFolders(["data": 3], at: folder)
      try expectError(["data", "inspect", "--data", folder.appending(path: "data").path], "no-classes", in: folder)
    }
  }

  @Test func trainingRefusesEmptyClasses() throws {
    try withTemporaryFolder { folder in
      try Fixture.classFolders(["cat": 3, "lynx": 3, "empty": 0], at: folder.appending(path: "data"))
      try expectError(
        ["train", "cross-entropy/own", "--data", folder.appending(path: "data").path], "empty-class", in: folder)
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "runs").path))
    }
  }

  @Test func refusesDamagedArchives() throws {
    try withTemporaryFolder { folder in
      let data = folder.appending(path: "data")
      try Fixture.cifar100(imagesPerClass: 2, at: data)
      let arguments = ["data", "inspect", "--data", data.path]
      // Whole, but not the published numbers.
      try expectError(arguments, "cifar-counts", in: folder)
      #expect(try Tool.run(arguments + ["--relaxed-counts"]).status == 0)
      let train = data.appending(path: "train.bin")
      let bytes = try Data(contentsOf: train)
      var wrongLabel = bytes
      wrongLabel[3074 + 1] = 100
      try wrongLabel.write(to: train)
      try expectError(arguments + ["--relaxed-counts"], "cifar-label", in: folder)
      try bytes.dropLast(1000).write(to: train)
      try expectError(arguments + ["--relaxed-counts"], "cifar-truncated", in: folder)
      try FileManager.default.removeItem(at: train)
      try expectError(arguments, "cifar-missing-file", in: folder)
    }
  }

  @Test func leavesAFilledFolderAlone() throws {
    try withTemporaryFolder { folder in
      let note = folder.appending(path: "mine/note.txt")
      try FileManager.default.createDirectory(
        at: folder.appending(path: "mine"), withIntermediateDirectories: true)
      try Data("keep".utf8).write(to: note)
      let result = try Tool.run(
        ["train", "cross-entropy/synthetic", "--data", "synthetic", "--quiet", "--out", "mine"], in: folder)
      #expect(result.status == 2)
      try Snapshot.expect(result.errors, "error-folder-not-empty", replacing: [folder.path: "<folder>"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "mine").path) == ["note.txt"])
      #expect(try String(contentsOf: note, encoding: .utf8) == "keep")
    }
  }

  /// The images are read before a folder is made, so that a failed start leaves nothing behind.
  @Test func trainingRefusesUnreadableImages() throws {
    try withTemporaryFolder { folder in
      try Fixture.classFolders(["cat": 3, "lynx": 3], at: folder.appending(path: "data"))
      let broken = folder.appending(path: "data/lynx/lynx-1.png")
      try Data(contentsOf: broken).prefix(40).write(to: broken)
      let result = try Tool.run(
        ["train", "cross-entropy/own", "--data", "data", "--hold-out", "0.3", "--quiet"], in: folder)
      #expect(result.status == 2)
      #expect(result.output.isEmpty)
      try Snapshot.expect(result.errors, "error-unreadable-image", replacing: [folder.path: "<folder>"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["data"])
    }
  }

  /// Nothing can be made in this folder of the kernel's, not even by the administrator.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self")))
  func saysWhatCannotBeWritten() throws {
    let list = try Tool.run([
      "data", "make-longtail", "--data", "synthetic", "--factor", "2", "--largest-class", "4", "--out", "/proc/list",
    ])
    #expect(list.status == 2)
    #expect(list.errors.contains("/proc/list: cannot be written"))
    let run = try Tool.run(["train", "cross-entropy/synthetic", "--data", "synthetic", "--quiet", "--out", "/proc/run"])
    #expect(run.status == 2)
    #expect(run.errors.contains("/proc/run"))
    let page = try Tool.run(["data", "inspect", "--data", "synthetic", "--out", "/proc/page.html"])
    #expect(page.status == 2)
    #expect(page.errors.contains("/proc/page.html"))
  }

  /// What would run a command when Python reads it is refused by name.
  @Test func refusesHostileWeights() throws {
    let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "SerializationTests/Fixtures")
    try withTemporaryFolder { folder in
      for name in ["hostile-system", "hostile-eval", "whole-module"] {
        let result = try Tool.run(
          [
            "train", "cross-entropy/synthetic", "--data", "synthetic", "--quiet", "--weights",
            fixtures.appending(path: name + ".pth").path,
          ], in: folder)
        #expect(result.status == 2)
        try Snapshot.expect(result.errors, "error-weights-\(name)", replacing: [fixtures.path: "<fixtures>"])
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }

  @Test(arguments: [
    ["--seeds", "0,x"], ["--seeds", "1,1"], ["--seed", "-1"], ["--hold-out", "1.5"], ["--threads", "-2"],
  ])
  func refusesWrongNumbers(arguments: [String]) throws {
    try withTemporaryFolder { folder in
      let result = try Tool.run(["train", "cross-entropy/synthetic", "--data", "synthetic"] + arguments, in: folder)
      #expect(result.status == 2)
      #expect(result.errors.contains(arguments[0]))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }
}
