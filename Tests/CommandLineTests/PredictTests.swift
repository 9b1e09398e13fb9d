import FileAccess
import Foundation
import Longtail
import LongtailTestSupport
import Serialization
import Testing

/// A small run whose images are not all what they should be, and predictions with it.
@Suite struct PredictTests {
  private static let short = [
    "--set", "training.length='1 epochs'", "--set", "training.batchSize=8", "--set", "training.warmupEpochs=0", "--set",
    "model.inputSize=32", "--set", "model.backbone=resnet20", "--out", "run",
  ]

  @Test func unreadableImagesAreToldEverywhere() throws {
    try withTemporaryFolder { folder in
      let data = folder.appending(path: "photos")
      try Fixture.classFolders(["cat": 4, "dog": 4], at: data.appending(path: "train"))
      try Fixture.classFolders(["cat": 2, "dog": 2], at: data.appending(path: "test"))
      try Data("<!DOCTYPE html><html></html>".utf8).write(to: data.appending(path: "train/dog/page.jpg"))
      try Data("version https://git-lfs.github.com/spec/v1\n".utf8).write(to: data.appending(path: "test/cat/lfs.png"))
      let start = ["train", "cross-entropy/own", "--data", data.path] + Self.short
      let refused = try Tool.run(start, in: folder)
      #expect(refused.status == 2 && refused.errors.contains("this is a web page (HTML)"), "\(refused.errors)")
      let trained = try Tool.run(start + ["--skip-unreadable"], in: folder)
      #expect(trained.status == 0, "\(trained.errors)")
      #expect(trained.errors.contains("train: 1 images cannot be decoded and are left out:"), "\(trained.errors)")
      #expect(trained.errors.contains("train/dog/page.jpg: this is a web page"), "\(trained.errors)")
      #expect(trained.errors.contains("'git lfs pull'"), "\(trained.errors)")
      for file in ["log.jsonl", "metrics.json"] {
        let text = try String(contentsOf: folder.appending(path: "run/" + file), encoding: .utf8)
        #expect(text.contains("train/dog/page.jpg") || text.contains("dog/page.jpg"), "\(file)")
        #expect(text.contains("cat/lfs.png"), "\(file)")
      }
      let report = try String(contentsOf: folder.appending(path: "run/report.html"), encoding: .utf8)
      #expect(report.contains("1 images of the train set that cannot be decoded"))
      let shown = try Tool.run(["runs", "show", "run"], in: folder)
      #expect(shown.output.contains("left out: 1 images of the train set"), "\(shown.output)")
      let measured = try Tool.run(["eval", "run", "--json"], in: folder)
      #expect(measured.status == 0, "\(measured.errors)")
      #expect(measured.errors.contains("test: 1 images cannot be decoded"), "\(measured.errors)")
      #expect(measured.output.contains("cat/lfs.png"))
      try predictsAll(folder)
      try evaluatesOtherData(folder)
    }
  }

  /// A link to a folder, a bad file, hidden and foreign names: each image has its row.
  private func predictsAll(_ folder: URL) throws {
    let photos = folder.appending(path: "more")
    try Fixture.classFolders(["a": 2, "b": 1, ".hidden": 1, "@eaDir": 1], at: photos)
    try Data([0x49, 0x49, 0x2A, 0, 8, 0, 0, 0]).write(to: photos.appending(path: "a/a-5.tif"))
    let image = try Data(contentsOf: photos.appending(path: "b/b-0.png"))
    try image.write(to: photos.appending(path: "b/red\u{1B}[31m.png"))
    try image.write(to: photos.appending(path: "b/no suffix"))
    let latin = photos.path + "/b/" + String(systemBytes: [0xE9]) + ".png"
    let descriptor = latin.withSystemPath { open($0, O_CREAT | O_WRONLY, 0o644) }
    _ = image.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
    try FileManager.default.createSymbolicLink(
      atPath: folder.appending(path: "link").path, withDestinationPath: photos.path)
    let table = try Tool.run(["predict", "run", "link"], in: folder)
    #expect(table.status == 0, "\(table.errors)")
    let rows = table.output.split(separator: "\n").map(String.init)
    #expect(rows.count == 7, "\(table.output)")
    #expect(rows[2].hasPrefix("link/a/a-5.tif  cannot be decoded: this is a TIFF file"), "\(table.output)")
    #expect(rows[5].hasPrefix("link/b/red\\u{1b}[31m.png  "), "\(table.output)")
    #expect(rows[6].hasPrefix("link/b/\\xe9.png  "), "\(table.output)")
    #expect(table.errors.contains("1 hidden entry") && table.errors.contains("1 folder of thumbnails"))
    let json = try Tool.run(["predict", "run", "link", "--json", "--top", "2"], in: folder)
    let values = try #require(try JSONValue(parsing: json.output).arrayValue)
    #expect(values.count == 7)
    #expect(values[0].objectValue?["predictions"]?.arrayValue?.count == 2)
    #expect(values[2].objectValue?["error"]?.stringValue?.contains("TIFF") == true)
    let written = try Tool.run(["predict", "run", "link", "--format", "csv", "--out", "rows.csv"], in: folder)
    #expect(written.status == 0 && written.output.isEmpty, "\(written.errors)")
    let lines = try String(contentsOf: folder.appending(path: "rows.csv"), encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 8 && lines[0] == "path,class1,probability1,error")
    let again = try Tool.run(["predict", "run", "link", "--out", "rows.csv"], in: folder)
    #expect(again.status == 2 && again.errors.contains("already exists"), "\(again.errors)")
    let none = try Tool.run(["predict", "run", "link/a/a-5.tif"], in: folder)
    #expect(none.status == 2 && none.errors.contains("1 of 1 images cannot be read"), "\(none.errors)")
    let missing = try Tool.run(["predict", "run", "nowhere.png"], in: folder)
    #expect(missing.status == 2 && missing.errors.contains("there is no such file"), "\(missing.errors)")
    let shell = try Tool.shell("\"$LONGTAIL\" predict run link/b/$(printf '\\351').png", in: folder)
    #expect(shell.status == 0 && shell.output.hasPrefix("link/b/\\xe9.png"), "\(shell.errors)")
    let full = try Tool.shell("\"$LONGTAIL\" predict run link > /dev/full", in: folder)
    #expect(full.status == 2 && full.errors.contains("No space left on device"), "\(full.errors)")
  }

  /// Folders that the run has never seen: classes by name, others named, no test set needed.
  private func evaluatesOtherData(_ folder: URL) throws {
    let data = folder.appending(path: "others")
    try Fixture.classFolders(["cat": 3, "dogs": 2, "heron": 1], at: data)
    let result = try Tool.run(["eval", "run", "--data", data.path], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("3 images of \(data.path) (all images)"), "\(result.output)")
    #expect(
      result.errors.contains("2 classes are not among the training classes, and their 3 images are not evaluated"))
    #expect(result.errors.contains("'dogs' (2 images; did you mean 'dog'?)"), "\(result.errors)")
    #expect(result.errors.contains("'heron' (1 images)"), "\(result.errors)")
    let strangers = folder.appending(path: "strangers")
    try Fixture.classFolders(["ant": 1, "bee": 1], at: strangers)
    let none = try Tool.run(["eval", "run", "--data", strangers.path], in: folder)
    #expect(none.status == 2 && none.errors.contains("'ant' is not among the training classes"), "\(none.errors)")
  }

  /// The list of a run's own training images says nothing about other data.
  @Test func trainingListDoesNotApplyToOtherData() throws {
    try withTemporaryFolder { folder in
      let data = folder.appending(path: "photos")
      try Fixture.classFolders(["cat": 4, "dog": 4], at: data)
      let names = ["cat", "dog"].enumerated().flatMap { label, name in
        (0..<3).map { "\(name)/\(name)-\($0).png \(label)\n" }
      }
      try Data(names.joined().utf8).write(to: folder.appending(path: "list.txt"))
      let trained = try Tool.run(
        ["train", "cross-entropy/own", "--data", data.path, "--train-list", "list.txt", "--hold-out", "0.34"]
          + Self.short,
        in: folder)
      #expect(trained.status == 0, "\(trained.errors)")
      let others = folder.appending(path: "others")
      try Fixture.classFolders(["dog": 2, "cat": 1], at: others)
      let result = try Tool.run(["eval", "run", "--data", others.path], in: folder)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("3 images of"), "\(result.output)")
    }
  }
}
