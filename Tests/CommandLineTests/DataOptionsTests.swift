import Foundation
import LongtailTestSupport
import Testing

/// Options about data that cannot apply end with exit code 2 and a text that names the option.
@Suite struct DataOptionsTests {
  private static let verbs = [
    ["data", "inspect"], ["data", "check"], ["data", "make-longtail", "--factor", "2", "--out", "list.txt"],
    ["data", "augment", "--out", "sheet.png"], ["train", "cross-entropy/own", "--out", "run"],
  ]

  @Test(arguments: verbs)
  func areRefusedWhereTheyCannotApply(verb: [String]) throws {
    try withTemporaryFolder { folder in
      try Fixture.classFolders(["cat": 4, "lynx": 4], at: folder.appending(path: "photos"))
      try Data("cat\nlynx\n".utf8).write(to: folder.appending(path: "names.txt"))
      let options = [
        ["--path-column", "path"], ["--class-names", "names.txt"], ["--label-column", "label"],
        ["--split-column", "fold"], ["--test-split", "1"], ["--validation-split", "1"], ["--image-root", "."],
        ["--image-suffix", "jpg"], ["--relaxed-counts"],
      ]
      // All of them go through one check, so that one command may stand for the others.
      for (data, option) in Array(zip(["photos", "synthetic"], options))
        + (verb == Self.verbs[0] ? options.map { ("photos", $0) } : [])
      {
        let result = try Tool.run(verb + ["--data", data] + option, in: folder)
        #expect(result.status == 2, "\(verb) \(data) \(option)")
        #expect(result.errors.contains("\(option[0]) is for "), "\(verb) \(data) \(option): \(result.errors)")
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(Set(left) == ["photos", "names.txt"])
    }
  }

  @Test func holdOutBesideATestSet() throws {
    try withTemporaryFolder { folder in
      for split in ["Training", "Testing"] {
        try Fixture.classFolders(["cat": 4, "lynx": 4], at: folder.appending(path: "photos/" + split))
      }
      for data in ["photos", "synthetic"] {
        let result = try Tool.run(
          ["train", "cross-entropy/own", "--data", data, "--hold-out", "0.2", "--out", "run"], in: folder)
        #expect(result.status == 2)
        #expect(result.errors.contains("--hold-out is 0.2, expected none"), "\(result.errors)")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["photos"])
    }
  }

  @Test func foldsOfATable() throws {
    try withTemporaryFolder { folder in
      try Fixture.classFolders(["cat": 4, "lynx": 4], at: folder.appending(path: "images"))
      var text = "path,label,fold\n"
      for name in ["cat", "lynx"] { for fold in 0..<4 { text += "\(name)/\(name)-\(fold).png,\(name),\(fold)\n" } }
      try Data(text.utf8).write(to: folder.appending(path: "train.csv"))
      let refused = try Tool.run(["data", "inspect", "--data", "."], in: folder)
      #expect(refused.status == 2)
      #expect(refused.errors.contains("--test-split"))
      let result = try Tool.run(
        [
          "data", "inspect", "--data", ".", "--split-column", "fold", "--test-split", "2, 3", "--validation-split", "1",
          "--json",
        ], in: folder)
      #expect(result.status == 0, "\(result.errors)")
      for count in ["\"trainingCount\": 2", "\"validationCount\": 2", "\"testCount\": 4"] {
        #expect(result.output.contains(count), "\(count)")
      }
    }
  }

  @Test(arguments: ["9223372036854775807", "9223372036854775806", "4611686018427387904", "1000000"])
  func largestClassesThatNoSetHas(largest: String) throws {
    try withTemporaryFolder { folder in
      let result = try Tool.run(
        [
          "data", "make-longtail", "--data", "synthetic", "--factor", "10", "--largest-class", largest, "--out",
          "list.txt",
        ], in: folder)
      #expect(result.status == 2)
      #expect(result.errors.contains("has only"), "\(result.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }

  /// The class with most images keeps most, wherever its name stands.
  @Test func longTailsAreRankedByFrequency() throws {
    try withTemporaryFolder { folder in
      try Fixture.classFolders(["ant": 2, "bee": 4, "cow": 8], at: folder.appending(path: "photos"))
      let result = try Tool.run(
        ["data", "make-longtail", "--data", "photos", "--factor", "4", "--out", "list.txt"], in: folder)
      #expect(result.status == 0)
      #expect(result.output.contains("counts: 2 4 8"))
    }
  }

  /// Names of files cannot steer the terminal.
  @Test func namesInErrorsAreEscaped() throws {
    try withTemporaryFolder { folder in
      for name in ["a\u{1B}[2J", "b\u{202E}"] {
        try Fixture.classFolders(["color": 1, "gray": 1], at: folder.appending(path: "photos/" + name))
      }
      let result = try Tool.run(["data", "inspect", "--data", "photos"], in: folder)
      #expect(result.status == 2)
      #expect(result.errors.contains("'a\\u{1b}[2J'") && result.errors.contains("'b\\u{202e}'"), "\(result.errors)")
      #expect(!result.errors.unicodeScalars.contains("\u{1B}"))
    }
  }
}
