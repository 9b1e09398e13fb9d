import Foundation
import LongtailTestSupport
import Testing

/// Pipes and devices where files are expected are refused at once: opening them would wait for ever.
@Suite struct SpecialFileTests {
  /// Runs the tool with a limit of time; a tool that hangs is ended, with status 124.
  private func run(_ arguments: String, in folder: URL) throws -> ToolResult {
    try Tool.shell("timeout 60 \"$LONGTAIL\" \(arguments)", in: folder)
  }

  @Test(.timeLimit(.minutes(5))) func pipesAreRefused() throws {
    try withTemporaryFolder { folder in
      try Fixture.classFolders(["cat": 2, "dog": 2], at: folder.appending(path: "photos"))
      #expect(mkfifo(folder.appending(path: "pipe").path, 0o600) == 0)
      #expect(mkfifo(folder.appending(path: "pipe.csv").path, 0o600) == 0)
      for arguments in [
        "data inspect --data pipe", "data inspect --data pipe.csv", "data inspect --data photos --train-list pipe",
        "data inspect --data /dev/zero", "predict pipe photos", "eval pipe --data photos",
        "train cross-entropy/own --data photos --train-list pipe --out run",
      ] {
        let result = try run(arguments, in: folder)
        #expect(result.status == 2, "\(arguments): \(result.errors)")
        #expect(
          result.errors.contains("a named pipe") || result.errors.contains("a device")
            || result.errors.contains("pipe") && result.errors.contains("not"), "\(arguments): \(result.errors)")
      }
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "run").path))
    }
  }

  /// A list may name anything; what is no file is named with the image.
  @Test(.timeLimit(.minutes(5))) func listEntriesAreRefused() throws {
    try withTemporaryFolder { folder in
      try Fixture.classFolders(["cat": 2, "dog": 2], at: folder)
      #expect(mkfifo(folder.appending(path: "cat/pipe.png").path, 0o600) == 0)
      try FileManager.default.createSymbolicLink(
        atPath: folder.appending(path: "dog/zero.png").path, withDestinationPath: "/dev/zero")
      let lines = "cat/cat-0.png 0\ncat/pipe.png 0\ndog/dog-0.png 1\ndog/zero.png 1\n"
      try Data(lines.utf8).write(to: folder.appending(path: "train.txt"))
      let result = try run("data check --data . --json", in: folder)
      #expect(result.status == 2)
      #expect(result.output.contains("cat/pipe.png: the file cannot be read: it is a named pipe"), "\(result.output)")
      #expect(result.output.contains("dog/zero.png: the file cannot be read: it is a device"), "\(result.output)")
    }
  }

  @Test func danglingLinksAreReported() throws {
    try withTemporaryFolder { folder in
      try Fixture.classFolders(["cat": 2, "dog": 2], at: folder)
      for (name, target) in [("cat/gone.jpg", "nowhere.jpg"), ("cat/self.jpg", "self.jpg"), ("dog/up", "..")] {
        try FileManager.default.createSymbolicLink(
          atPath: folder.appending(path: name).path, withDestinationPath: target)
      }
      #expect(mkfifo(folder.appending(path: "dog/pipe.png").path, 0o600) == 0)
      let result = try run("data check --data .", in: folder)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("1 link leads nowhere (first: cat/gone.jpg)"), "\(result.output)")
      #expect(result.output.contains("2 links lead in a circle"), "\(result.output)")
      #expect(result.output.contains("1 pipe, socket or device is left out (first: dog/pipe.png)"), "\(result.output)")
    }
  }
}
