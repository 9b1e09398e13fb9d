import Foundation
import Longtail
import LongtailTestSupport
import Testing

/// The data commands on tables, JSON files and shards.
@Suite struct DataFormatTests {
  private func write(_ text: String, _ name: String, in folder: URL) throws {
    try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
  }

  /// A table with coordinates and dates over the images of class folders.
  private func table(at folder: URL) throws {
    try Fixture.classFolders(["cat": 8, "lynx": 8], at: folder.appending(path: "images"))
    var text = "path,label,split,latitude,longitude,date,camera\n"
    for (label, name) in ["cat", "lynx"].enumerated() {
      for index in 0..<8 {
        let place = index % 2 == 0 ? "\(label * 10).5,-\(index).25" : ","
        let date = index < 4 ? "2020-05-0\(index + 1)" : ""
        text += "\(name)/\(name)-\(index).png,\(name),\(index < 6 ? "train" : "test"),\(place),\(date),trap \(index)\n"
      }
    }
    try write(text, "animals.csv", in: folder)
  }

  @Test func inspectsTables() throws {
    try withTemporaryFolder { folder in
      try table(at: folder)
      let result = try Tool.run(["data", "inspect", "--data", folder.path])
      #expect(result.status == 0)
      #expect(result.errors.isEmpty)
      try Snapshot.expect(result.output, "inspect-table", replacing: [folder.path: "<folder>"])
      let json = try Tool.run(["data", "inspect", "--data", folder.path + "/animals.csv", "--json"])
      #expect(json.output.contains("\"locatedCount\": 6"))
      let check = try Tool.run(["data", "check", "--data", folder.path])
      #expect(check.status == 0)
      let list = folder.appending(path: "list.txt").path
      let made = try Tool.run(["data", "make-longtail", "--data", folder.path, "--factor", "3", "--out", list])
      #expect(made.status == 0)
      let thinned = try Tool.run(["data", "inspect", "--data", folder.path, "--train-list", list, "--json"])
      #expect(thinned.output.contains("\"trainingCount\": 8"))
    }
  }

  @Test func namesMissingImages() throws {
    try withTemporaryFolder { folder in
      try table(at: folder)
      try FileManager.default.removeItem(at: folder.appending(path: "images/cat/cat-3.png"))
      let result = try Tool.run(["data", "check", "--data", folder.path])
      #expect(result.status == 2)
      try Snapshot.expect(
        result.output + "---\n" + result.errors, "check-missing", replacing: [folder.path: "<folder>"])
    }
  }

  private let objects = """
    {"images": [{"id": 1, "width": 12, "height": 10, "file_name": "cat/cat-0.png"},
       {"id": 2, "width": 20, "height": 10, "file_name": "cat/cat-1.png"}],
     "categories": [{"id": 1, "name": "cat"}, {"id": 3, "name": "lynx"}],
     "annotations": [
       {"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 4, 4], "area": 8, "iscrowd": 0,
        "segmentation": [[0, 0, 4, 0, 4, 4]]},
       {"id": 2, "image_id": 1, "category_id": 1, "bbox": [8, 0, 9, 4], "area": 16, "iscrowd": 0, "segmentation": []},
       {"id": 3, "image_id": 1, "category_id": 3, "bbox": [0, 0, 12, 10], "area": 120, "iscrowd": 1,
        "segmentation": {"size": [10, 12], "counts": [0, 120]}}]}
    """

  @Test func inspectsMarkedObjects() throws {
    try withTemporaryFolder { folder in
      try Fixture.classFolders(["cat": 2], at: folder.appending(path: "images"))
      try write(objects, "instances.json", in: folder)
      let inspected = try Tool.run(["data", "inspect", "--data", folder.path])
      #expect(inspected.status == 0)
      try Snapshot.expect(inspected.output, "inspect-objects", replacing: [folder.path: "<folder>"])
      let checked = try Tool.run(["data", "check", "--data", folder.path])
      #expect(checked.status == 2)
      try Snapshot.expect(
        checked.output + "---\n" + checked.errors, "check-objects", replacing: [folder.path: "<folder>"])
      let trained = try Tool.run([
        "train", "balanced-softmax/own", "--data", folder.path, "--out", folder.path + "/run",
      ])
      #expect(trained.status == 2)
      #expect(trained.errors.contains("one label an image was expected"))
    }
  }

  @Test func namesTheLineOfABrokenFile() throws {
    try withTemporaryFolder { folder in
      try write(objects.replacing("\"bbox\": [8, 0, 9, 4]", with: "\"bbox\": [8, 0, 9]"), "instances.json", in: folder)
      let result = try Tool.run(["data", "inspect", "--data", folder.path])
      #expect(result.status == 2)
      try Snapshot.expect(result.errors, "error-broken-json", replacing: [folder.path: "<folder>"])
      try write("path,label\na.png\n", "animals.csv", in: folder)
      let table = try Tool.run(["data", "inspect", "--data", folder.path + "/animals.csv"])
      #expect(table.status == 2)
      try Snapshot.expect(table.errors, "error-broken-table", replacing: [folder.path: "<folder>"])
    }
  }

  /// Lists can be counted without their images.
  @Test func countsWithoutImages() throws {
    try withTemporaryFolder { folder in
      try write("cat/1.jpg 0\ncat/2.jpg 0\nlynx/1.jpg 1\n", "Animals_train.txt", in: folder)
      let result = try Tool.run(["data", "inspect", "--data", folder.path])
      #expect(result.status == 0)
      #expect(result.output.contains("none of the images is here"))
      let check = try Tool.run(["data", "check", "--data", folder.path])
      #expect(check.status == 2)
      #expect(check.errors.contains("'cat/1.jpg' is in none of"))
    }
  }

  /// Classes that are uneven already: the error says what they can give.
  @Test func longTailOfUnevenClasses() throws {
    try withTemporaryFolder { folder in
      try Fixture.classFolders(["cat": 3, "lynx": 8, "ocelot": 3], at: folder.appending(path: "data"))
      let list = folder.appending(path: "list.txt").path
      let base = ["data", "make-longtail", "--data", folder.path + "/data", "--factor", "4", "--out", list]
      let refused = try Tool.run(base)
      #expect(refused.status == 2)
      try Snapshot.expect(refused.errors, "error-make-longtail-uneven", replacing: [folder.path: "<folder>"])
      #expect(try Tool.run(base + ["--largest-class", "7"]).status == 0)
    }
  }
}
