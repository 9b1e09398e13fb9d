import Foundation
import LongtailTestSupport
import Testing

/// What is printed arrives, or the exit code says that it did not.
@Suite struct OutputTests {
  @Test(arguments: [
    "recipes list", "--help", "train --help", "data inspect --data synthetic --json", "recipes list --json",
    "--version",
    "train cross-entropy/synthetic --print-config",
  ])
  func fullDiskIsAnError(arguments: String) throws {
    let result = try Tool.shell("\"$LONGTAIL\" \(arguments) > /dev/full")
    #expect(result.status == 2)
    #expect(result.errors.contains("standard output: cannot be written: No space left on device"), "\(result.errors)")
  }

  @Test func closedStreamIsAnError() throws {
    let result = try Tool.shell("\"$LONGTAIL\" recipes list >&-")
    #expect(result.status == 2)
    #expect(result.errors.contains("standard output: cannot be written"), "\(result.errors)")
  }

  /// A reader that has enough, such as `head`, needs no words.
  @Test func closedPipeEndsQuietly() throws {
    let result = try Tool.shell("{ sleep 0.3; \"$LONGTAIL\" recipes list; echo status $? >&2; } | true")
    #expect(result.errors == "status 141\n")
  }

  /// A pipe that does not block, as some programs hand over, takes all lines.
  @Test func fullPipeLosesNothing() throws {
    let expected = try Tool.run(["recipes", "list", "--json"])
    #expect(expected.output.utf8.count > 8192)
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    _ = fcntl(ends[1], 1031, 4096)  // F_SETPIPE_SZ
    let process = Process()
    process.executableURL = try Tool.executable()
    process.arguments = ["recipes", "list", "--json"]
    process.standardOutput = FileHandle(fileDescriptor: ends[1])
    try process.run()
    close(ends[1])
    usleep(300_000)
    let output = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true).readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(String(decoding: output, as: UTF8.self) == expected.output)
  }

  /// A sheet is there as a whole or not at all.
  @Test func sheetOnAFullDiskLeavesNothing() throws {
    try withTemporaryFolder { folder in
      // Files of this shell may have 1024 bytes.
      let result = try Tool.shell(
        "ulimit -f 2; \"$LONGTAIL\" data augment --data synthetic --out sheet.png --images 2 --draws 2", in: folder)
      #expect(result.status == 2, "\(result.errors)")
      #expect(result.errors.contains("sheet.png") && result.errors.contains("File too large"), "\(result.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }
}
