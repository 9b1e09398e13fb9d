import Foundation
import LongtailTestSupport
import Testing

@Suite struct DataInspectTests {
  @Test func showsFolders() throws {
    try withTemporaryFolder { folder in
      try Fixture.classFolders(["lynx": 24, "cat": 120, "ocelot": 5], at: folder)
      let result = try Tool.run(["data", "inspect", "--data", folder.path])
      #expect(result.status == 0)
      #expect(result.errors.isEmpty)
      try Snapshot.expect(result.output, "inspect-folders", replacing: [folder.path: "<folder>"])
    }
  }

  @Test func showsTheDrawnImages() throws {
    let result = try Tool.run(["data", "inspect", "--data", "synthetic"])
    #expect(result.status == 0)
    try Snapshot.expect(result.output, "inspect-drawn")
  }

  /// The list thins each class to a count of its own, so that the shortened table has something to show.
  @Test func shortensLongTables() throws {
    try withTemporaryFolder { folder in
      let data = folder.appending(path: "cifar")
      try Fixture.cifar100(imagesPerClass: 20, at: data)
      let list = folder.appending(path: "list.txt").path
      let base = ["--data", data.path, "--relaxed-counts"]
      let made = try Tool.run(["data", "make-longtail"] + base + ["--factor", "20", "--out", list])
      #expect(made.status == 0)
      try Snapshot.expect(made.output, "make-longtail-cifar", replacing: [folder.path: "<folder>"])
      let short = try Tool.run(["data", "inspect"] + base + ["--train-list", list])
      #expect(short.status == 0)
      try Snapshot.expect(short.output, "inspect-long-table", replacing: [folder.path: "<folder>"])
      let all = try Tool.run(["data", "inspect", "--all"] + base + ["--train-list", list])
      for label in 0..<100 { #expect(all.output.contains("\nclass-\(label) ")) }
      #expect(!all.output.contains("..." + " "))
    }
  }

  @Test func writesJSON() throws {
    try withTemporaryFolder { folder in
      try Fixture.classFolders(["cat": 120, "ocelot": 5, "empty": 0], at: folder)
      let result = try Tool.run(["data", "inspect", "--data", folder.path, "--json"])
      #expect(result.status == 0)
      let json = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
      let summary = try #require(json["summary"] as? [String: Any])
      #expect(summary["trainingCount"] as? Int == 125)
      #expect(summary["imbalanceFactor"] as? Double == 24)
      let classes = try #require(summary["classes"] as? [[String: Any]])
      #expect(classes.map { $0["name"] as? String } == ["cat", "ocelot", "empty"])
      let groups = try #require(json["shotGroups"] as? [[String: Any]])
      #expect(groups.map { $0["classCount"] as? Int } == [1, 0, 2])
    }
  }

  /// A folder may be called anything; what would move the cursor is shown as an escape.
  @Test func namesCannotSteerTheTerminal() throws {
    try withTemporaryFolder { folder in
      try Fixture.classFolders(["red\u{1B}[31m": 2, String(repeating: "long", count: 30): 2], at: folder)
      let result = try Tool.run(["data", "inspect", "--data", folder.path])
      #expect(result.status == 0)
      #expect(!result.output.contains("\u{1B}"))
      #expect(result.output.contains("red\\u{1b}[31m"))
      #expect(result.output.contains("longlonglonglon...") || result.output.contains("longlonglonglong..."))
    }
  }

  @Test func writesAPageOnce() throws {
    try withTemporaryFolder { folder in
      let page = folder.appending(path: "data.html")
      let arguments = ["data", "inspect", "--data", "synthetic", "--out", page.path]
      let first = try Tool.run(arguments)
      #expect(first.status == 0)
      let html = try String(contentsOf: page, encoding: .utf8)
      for part in ["<svg", "letter-f", "data:image/png;base64,", "4 training images"] { #expect(html.contains(part)) }
      // The name space of SVG is an address too, but nothing is fetched from it.
      for part in ["src=\"http", "href=", "url(", "<script", "@import"] { #expect(!html.contains(part), "\(part)") }
      let second = try Tool.run(arguments)
      #expect(second.status == 2)
      #expect(second.errors.contains("already exists"))
      #expect(try String(contentsOf: page, encoding: .utf8) == html)
    }
  }
}
