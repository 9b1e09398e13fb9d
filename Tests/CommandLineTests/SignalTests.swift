import Foundation
import Longtail
import LongtailTestSupport
import Testing

/// A run that is told to end, or can no longer write, keeps its last checkpoint.
@Suite struct SignalTests {
  private func arguments(epochs: Int) -> [String] {
    [
      "train", "cross-entropy/synthetic", "--data", "synthetic", "--out", "run", "--quiet", "--checkpoint-every", "0",
      "--set",
      "training.length='\(epochs) epochs'", "--set", "model.backbone=resnet20",
    ]
  }

  /// SIGHUP comes twice when a connection is lost.
  @Test(.timeLimit(.minutes(5)), arguments: [SIGHUP, SIGTERM])
  func lostConnectionSavesAndEnds(number: Int32) throws {
    try withTemporaryFolder { folder in
      let process = Process()
      process.executableURL = try Tool.executable()
      process.arguments = arguments(epochs: 200)
      process.currentDirectoryURL = folder
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      let run = RunFolder(folder.appending(path: "run").path)
      #expect(
        eventually(within: .seconds(120)) {
          usleep(50_000)
          return run.hasCheckpoint
        })
      kill(process.processIdentifier, number)
      if number == SIGHUP { kill(process.processIdentifier, number) }
      process.waitUntilExit()
      #expect(process.terminationReason == .exit && process.terminationStatus == 128 + number)
      _ = try Checkpoint(run.lastCheckpointPath)
      #expect(RunSummary(run).status == .interrupted)
    }
  }

  /// A file over the limit of the shell is a write error, not the end of the process.
  @Test(.timeLimit(.minutes(5))) func fileLimitIsAWriteError() throws {
    try withTemporaryFolder { folder in
      let options = arguments(epochs: 1).map { "'" + $0.replacing("'", with: "'\\''") + "'" }.joined(separator: " ")
      let result = try Tool.shell("ulimit -f 400; \"$LONGTAIL\" \(options)", in: folder)
      #expect(result.status == 2, "\(result.errors)")
      #expect(result.errors.contains("File too large"), "\(result.errors)")
    }
  }
}
