import Foundation
import LongtailTestSupport
import Testing

@Suite struct DataCheckTests {
  @Test func passesCleanData() throws {
    try withTemporaryFolder { folder in
      try Fixture.classFolders(["cat": 6, "ocelot": 3], at: folder)
      let result = try Tool.run(["data", "check", "--data", folder.path])
      #expect(result.status == 0)
      #expect(result.errors.isEmpty)
      try Snapshot.expect(result.output, "check-clean", replacing: [folder.path: "<folder>"])
    }
  }

  @Test func warnsOfDuplicatesAndSingles() throws {
    try withTemporaryFolder { folder in
      try Fixture.classFolders(["cat": 6, "lynx": 2, "ocelot": 1], at: folder)
      let cat = folder.appending(path: "cat/cat-0.png")
      try FileManager.default.copyItem(at: cat, to: folder.appending(path: "cat/copy.png"))
      try FileManager.default.copyItem(
        at: folder.appending(path: "cat/cat-1.png"), to: folder.appending(path: "lynx/cat-1.png"))
      let result = try Tool.run(["data", "check", "--data", folder.path])
      #expect(result.status == 0)
      try Snapshot.expect(result.output, "check-warnings", replacing: [folder.path: "<folder>"])
    }
  }

  @Test func refusesUnreadableImagesAndEmptyClasses() throws {
    try withTemporaryFolder { folder in
      try Fixture.classFolders(["cat": 6, "lynx": 2, "empty": 0], at: folder)
      let broken = folder.appending(path: "lynx/lynx-1.png")
      let bytes = try Data(contentsOf: broken)
      try bytes.prefix(bytes.count / 2).write(to: broken)
      let result = try Tool.run(["data", "check", "--data", folder.path])
      #expect(result.status == 2)
      try Snapshot.expect(
        result.output + "---\n" + result.errors, "check-problems", replacing: [folder.path: "<folder>"])
      let json = try Tool.run(["data", "check", "--data", folder.path, "--json"])
      #expect(json.status == 2)
      let report = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
      let splits = try #require(report["splits"] as? [[String: Any]])
      #expect((splits.first?["unreadable"] as? [String: Any])?["count"] as? Int == 1)
    }
  }

  @Test func checksTheDrawnImages() throws {
    let result = try Tool.run(["data", "check", "--data", "synthetic"])
    #expect(result.status == 0)
    #expect(result.output.hasSuffix("clean: nothing found\n"))
  }
}
