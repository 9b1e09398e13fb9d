import Foundation
import LongtailTestSupport
import Testing

@Suite struct MakeLongtailTests {
  @Test func writesPathsForFolders() throws {
    try withTemporaryFolder { folder in
      let data = folder.appending(path: "data")
      try Fixture.classFolders(["cat": 8, "lynx": 8, "ocelot": 8], at: data.appending(path: "train"))
      try Fixture.classFolders(["cat": 1, "lynx": 1, "ocelot": 1], at: data.appending(path: "test"))
      let list = folder.appending(path: "list.txt")
      let arguments = ["data", "make-longtail", "--data", data.path, "--factor", "4", "--out", list.path]
      let made = try Tool.run(arguments)
      #expect(made.status == 0)
      try Snapshot.expect(made.output, "make-longtail-folders", replacing: [folder.path: "<folder>"])
      let text = try String(contentsOf: list, encoding: .utf8)
      let lines = text.split(separator: "\n")
      #expect(lines.count == 8 + 4 + 2)
      #expect(lines.allSatisfy { $0.wholeMatch(of: /train\/(cat|lynx|ocelot)\/\w+-\d\.png [0-2]/) != nil })
      let inspected = try Tool.run(["data", "inspect", "--data", data.path, "--train-list", list.path, "--json"])
      #expect(inspected.status == 0)
      #expect(inspected.output.contains("\"trainingCount\": 14"))
      let again = try Tool.run(arguments)
      #expect(again.status == 2)
      #expect(again.errors.contains("already exists"))
      #expect(try String(contentsOf: list, encoding: .utf8) == text)
    }
  }

  @Test func repeatsItselfAndFollowsTheSeed() throws {
    try withTemporaryFolder { folder in
      func list(_ seed: Int, _ name: String) throws -> String {
        let file = folder.appending(path: name)
        let result = try Tool.run([
          "data", "make-longtail", "--data", "synthetic", "--factor", "2", "--largest-class", "4", "--seed", "\(seed)",
          "--profile", "step", "--out", file.path,
        ])
        #expect(result.status == 0)
        return try String(contentsOf: file, encoding: .utf8)
      }
      let first = try list(0, "a")
      #expect(first.split(separator: "\n").count == 10 * 4 + 10 * 2)
      #expect(try list(0, "b") == first)
      #expect(try list(1, "c") != first)
    }
  }

  @Test(arguments: [
    (["--factor", "0.01"], "factor"), (["--factor", "100"], "too-few"),
    (["--factor", "9", "--profile", "stair"], "profile"),
  ])
  func refusesWhatCannotBe(arguments: [String], name: String) throws {
    try withTemporaryFolder { folder in
      try Fixture.classFolders(["cat": 8, "lynx": 2], at: folder.appending(path: "data"))
      let list = folder.appending(path: "list.txt")
      let data = name == "too-few" ? "synthetic" : folder.appending(path: "data").path
      let largest = name == "too-few" ? ["--largest-class", "400", "--profile", "step"] : []
      let result = try Tool.run(
        ["data", "make-longtail", "--data", data, "--out", list.path] + arguments + largest)
      #expect(result.status == 2)
      #expect(!FileManager.default.fileExists(atPath: list.path))
      try Snapshot.expect(result.errors, "error-make-longtail-\(name)", replacing: [folder.path: "<folder>"])
    }
  }
}
