import FileAccess
import Foundation
import LongtailTestSupport
import Testing

@Suite struct InputFileTests {
  @Test func readsARegularFileThroughALink() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "bytes")
      let link = folder.appending(path: "link")
      try Data([1, 2, 3]).write(to: file)
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
      #expect(try InputFile.bytes(of: link.path) == [1, 2, 3])
      #expect(try InputFile(file.path).bytes(first: 2) == [1, 2])
      #expect(try FileIdentity(of: link.path) == FileIdentity(of: file.path))
    }
  }

  @Test(.timeLimit(.minutes(1))) func refusesWhatIsNoRegularFileWithoutWaiting() throws {
    try withTemporaryFolder { folder in
      let pipe = folder.appending(path: "pipe").path
      #expect(mkfifo(pipe, 0o600) == 0)
      for (path, reason) in [
        (pipe, InputFileError.Reason.notRegular(.pipe)), ("/dev/zero", .notRegular(.device)),
        (folder.path, .notRegular(.folder)), (folder.path + "/none", .missing), ("", .emptyPath), ("a\0b", .missing),
      ] {
        #expect(throws: InputFileError(path: path, reason: reason)) { try InputFile(path) }
      }
    }
  }

  @Test func refusesFilesOverTheLimitAndNoticesShortenedOnes() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending(path: "bytes").path
      try Data(repeating: 7, count: 100).write(to: URL(fileURLWithPath: path))
      #expect(throws: InputFileError(path: path, reason: .tooLarge(size: 100, limit: 99))) {
        try InputFile.bytes(of: path, limit: 99)
      }
      let file = try InputFile(path)
      #expect(truncate(path, 40) == 0)
      #expect(throws: InputFileError(path: path, reason: .shortened(read: 40, expected: 100))) { try file.bytes() }
    }
  }

  @Test func namesAreEscapedForDisplay() {
    #expect("plain é 猫 👩‍🔬".escapedForDisplay == "plain é 猫 👩‍🔬")
    #expect("a\u{1b}[31mb\n\t\r".escapedForDisplay == "a\\u{1b}[31mb\\n\\t\\r")
    #expect("x\u{202e}gpj".escapedForDisplay == "x\\u{202e}gpj")
  }
}
