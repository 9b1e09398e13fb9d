import Datasets
import Foundation
import LongtailTestSupport
import Testing

/// Files that name images: found in any usual form, or refused with the reason; never passed over in favour of folders.
@Suite struct IndexFileTests {
  /// Class folders below `images`, two classes with two images each.
  private func images(_ root: String = "images/", suffix: String = ".png") throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (label, name) in ["lynx", "otter"].enumerated() {
      for index in 0..<2 { try folder.writeImage("\(root)\(name)/\(index)\(suffix)", tone: 2 * label + index) }
    }
    return folder
  }

  private let rows = [("images/lynx/0.png", "lynx"), ("images/lynx/1.png", "lynx"), ("images/otter/0.png", "otter")]

  private func table(_ head: String, separator: String = ",", lineEnd: String = "\n") -> String {
    ([head] + rows.map { $0 + separator + $1 }).map { $0 + lineEnd }.joined()
  }

  private func utf16(_ text: String, bigEndian: Bool = false, mark: Bool = true) -> [UInt8] {
    ((mark ? [0xFEFF] : []) + Array(text.utf16)).flatMap { unit in
      bigEndian ? [UInt8(unit >> 8), UInt8(unit & 255)] : [UInt8(unit & 255), UInt8(unit >> 8)]
    }
  }

  private func expectRead(_ bytes: [UInt8], _ note: String) throws {
    let folder = try images()
    try folder.write(bytes, to: "train.csv")
    let data = try DataDirectory.open(folder.path)
    #expect(data.kind == .imageTable, "\(note)")
    #expect(data.classNames == ["lynx", "otter"], "\(note)")
    #expect(data.training.labels == [0, 0, 1], "\(note)")
    #expect(try data.training.image(at: 2).width == 6, "\(note)")
  }

  @Test func tablesInManyEncodings() throws {
    let plain = table("filename,label")
    try expectRead(utf16(plain), "UTF-16, little end first")
    try expectRead(utf16(plain, bigEndian: true), "UTF-16, big end first")
    try expectRead(utf16(plain, mark: false), "UTF-16 without a mark")
    try expectRead(utf16(plain, bigEndian: true, mark: false), "UTF-16, big end first, without a mark")
    try expectRead([0xEF, 0xBB, 0xBF] + Array(plain.utf8), "UTF-8 with a mark")
    try expectRead(Array(table("filename,label", lineEnd: "\r").utf8), "carriage returns")
    try expectRead(Array(table("filename,label", lineEnd: "\r\n").utf8), "both line ends")
    try expectRead(Array(("sep=;\n" + table("filename;label", separator: ";")).utf8), "a line with the separator")
    try expectRead(Array(("sep=|\r\n" + table("filename|label", separator: "|", lineEnd: "\r\n")).utf8), "a bar")
    try expectRead(Array(("\"sep=,\"\n" + plain).utf8), "a quoted line with the separator")
    try expectRead(Array(("\n" + plain).utf8.dropFirst()), "plain")
  }

  @Test(arguments: [
    "File Name,Label", " Path , Class ", "IMAGE_ID,LABEL", "image-id,class_label", "Image Path,Category Name",
    "img,ClassId",
  ])
  func headsWithSpacesAndCapitals(head: String) throws {
    try expectRead(Array(table(head).utf8), head)
  }

  @Test func oneColumnForEachClass() throws {
    let text =
      "filename,lynx,otter,note\nimages/lynx/0.png,1,0,x\nimages/lynx/1.png,1.0,0.0,y\nimages/otter/0.png,0,1,z\n"
    try expectRead(Array(text.utf8), "one-hot")
    for (old, new, problem) in [
      ("z", "z\nimages/otter/1.png,1,1,z", "2 of the 2 columns of classes"),
      ("z", "z\nimages/otter/1.png,0,0,z", "0 of the 2 columns"),
      ("0,1,z", "0,0.7,z", "'0.7' in column 'otter'"),
    ] {
      let folder = try images()
      try folder.write(text.replacing(old, with: new), to: "train.csv")
      let error = #expect(throws: DataSourceError.self) { try DataDirectory.open(folder.path) }
      #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
    }
  }

  /// The class folders beside them would open; the reason is said instead.
  @Test(
    arguments: [
      (
        "train.csv", "images/lynx/0.png,lynx\nimages/otter/0.png,otter\n",
        "the first line names no columns: 'images/lynx/0.png'"
      ),
      ("data.csv", "0.png,lynx\n1.png,otter\n", "the first line names no columns"),
      ("labels.csv", "id,breed\n0,lynx\n", nil),
      ("labels.tsv", "id\tlabel\n0\tlynx\n", "no column of paths among 'id', 'label'"),
      (
        "train.csv", "image_id,breed\n0.png,lynx\n",
        "no column of classes among 'image_id', 'breed'; name it with --label-column"
      ),
      ("train.csv", "path,label\n\"images,lynx\n", "a quote that opens here is not closed"),
      ("train.csv", "path,path,label\n1,2,3\n", "two columns are called 'path'"),
      ("train.csv", "", "the list has no images"),
      ("train.json", "{\"images\": [", "line 1, column 13"),
      ("annotations.json", "{broken", "expected a name in quotes"),
      (
        "train.json", "[{\"image\": \"lynx/0.png\", \"label\": \"lynx\"}]",
        "nothing that names images; expected an object with 'images'"
      ),
      ("all.json", "{\"images\": [{\"id\": 1}]}", "images without annotations"),
      ("train.jsonl", "{\"file_name\": \"lynx/0.png\"}\n", "this format is not read; save it as CSV"),
      ("metadata.jsonl", "{\"file_name\": \"lynx/0.png\"}\n", "this format is not read; save it as CSV"),
      ("Labels.xlsx", "PK", "this format is not read; save it as CSV"),
      ("some.txt", "lynx/0.png 0\notter/0.png 1\n", nil), ("names.json", "{\"1\": \"lynx\"}", nil),
      ("results.xlsx", "PK", nil),
      ("train.txt", "lynx/0.png lynx\n", "is not a whole number"),
      ("Train.TXT", "lynx/0.png\tlynx\n", "no space between path and label"),
      ("Bugs_train.txt", "lynx/0.png 007\n", "has leading zeros"),
    ] as [(String, String, String?)])
  func brokenIndexFilesAreNotPassedOver(name: String, text: String, problem: String?) throws {
    let folder = try images("")
    try folder.write(text, to: name)
    guard let problem else {
      // Nothing in it is about images: told, not refused.
      let data = try DataDirectory.open(folder.path)
      #expect(data.kind == .classFolders)
      #expect(data.notes.contains("\(name) is not used"))
      return
    }
    let error = #expect(throws: (any Error).self) { try DataDirectory.open(folder.path) }
    let description = String(describing: error.map { $0 as any Error } ?? DataSourceError.missing(path: ""))
    #expect(description.contains(problem), "\(description)")
    #expect(description.contains(name), "\(description)")
    #expect(try DataDirectory.open(folder.path, options: .init(reading: .init(format: .folders))).kind == .classFolders)
  }

  /// `train.csv` with identifiers, `train_images/` and `test_images/`; the suffix is found, and test images of equal names are not taken.
  @Test(arguments: [
    (".png", "train_images", "test_images"), ("", "train_images", "test_images"), ("", "Images", "aaa_test"),
    ("", "train", "test"),
  ])
  func contestLayout(suffix: String, train: String, test: String) throws {
    let folder = try TemporaryFolder()
    var text = "image_id,label\n"
    for index in 0..<6 {
      try folder.writeImage("\(train)/\(index).png", tone: index)
      try folder.writeImage("\(test)/\(index).png", tone: 100 + index)
      text += "\(index)\(suffix),\(index % 2)\n"
    }
    try folder.write(text, to: "train.csv")
    try folder.write("image_id\n0\n", to: "test.csv")
    try folder.write("image_id,label\n0,0\n", to: "sample_submission.csv")
    let data = try DataDirectory.open(folder.path)
    #expect(data.kind == .imageTable)
    #expect(data.classNames == ["0", "1"])
    #expect(data.test == nil)
    #expect(data.training.labels == [0, 1, 0, 1, 0, 1])
    #expect((data.training as? IndexedImages)?.root == folder.path + "/" + train)
    #expect(try data.training.contents(at: 3) == folder.read("\(train)/3.png"))
    #expect(data.notes.contains { $0.contains("test.csv names images without classes") })
    #expect(data.notes.contains { $0.contains("sample_submission.csv") })
    #expect(suffix.isEmpty == data.notes.contains { $0.contains("leave out the suffix") })
  }

  @Test func suffixesThatAreNotClear() throws {
    let folder = try TemporaryFolder()
    for index in 0..<2 {
      for suffix in ["png", "jpg"] { try folder.writeImage("images/\(index).\(suffix)", tone: index) }
    }
    try folder.write("image_id,label\n0,a\n1,b\n", to: "train.csv")
    let error = #expect(throws: DataSourceError.self) { try DataDirectory.open(folder.path) }
    #expect(error?.description.contains("fits 0.jpg and 0.png; say which with --image-suffix") == true)
    for suffix in ["png", ".png"] {
      let data = try DataDirectory.open(folder.path, options: .init(reading: .init(imageSuffix: suffix)))
      #expect((0..<2).map(data.training.name) == ["0.png", "1.png"])
    }
  }

  /// Names that the table and the disk write in two Unicode forms, with backslashes, or in part folders that the paths do not name.
  @Test func pathsThatTheDiskWritesOtherwise() throws {
    let folder = try TemporaryFolder()
    let (composed, decomposed) = ("for\u{EA}t", "fore\u{302}t")
    try folder.writeImage("images/\(decomposed)/e\u{301}.png", tone: 1)
    try folder.writeImage("images/\(composed)2/\u{E9}.png", tone: 2)
    try folder.writeImage("images/b/3.png", tone: 3)
    try folder.write(
      "path,label\nimages/\(composed)/\u{E9}.png,a\nimages/\(decomposed)2/e\u{301}.png,b\nimages/b/3.png,b\n",
      to: "train.csv")
    let data = try DataDirectory.open(folder.path)
    for index in 0..<3 { #expect(try data.training.image(at: index).width == 6) }
    #expect(data.notes.contains { $0.contains("2 paths and their files are written in different Unicode forms") })
    try folder.write("path,label\nimages\\b\\3.png,a\n.\\images\\b\\3.png,b\n", to: "train.csv")
    let windows = try DataDirectory.open(folder.path)
    #expect(try windows.training.image(at: 0).width == 6)
    #expect(windows.notes.contains { $0.contains("have backslashes") })
    try folder.writeImage("part_1/x.png")
    try folder.writeImage("part_2/y.png", tone: 1)
    try folder.write("image_id,label\nx,a\ny,b\n", to: "train.csv")
    let parts = try DataDirectory.open(folder.path)
    #expect((0..<2).map(parts.training.name) == ["part_1/x.png", "part_2/y.png"])
    try folder.write("path,label\nimages/B/3.png,a\nimages/B/4.png,b\n", to: "train.csv")
    let error = #expect(throws: DataSourceError.self) { try DataDirectory.open(folder.path) }
    #expect(error?.description.contains("there is 'images/b'") == true, "\(String(describing: error))")
  }

  /// A file name in Latin-1 beside a table in UTF-8: the message says which file lies there.
  @Test func namesThatAreNotUTF8() throws {
    let folder = try TemporaryFolder()
    try folder.writeImage("images/1.png")
    let latin1 = folder.path + "/images/Mu\u{F1}oz.png"
    let bytes = Array((folder.path + "/images/Mu").utf8) + [0xF1] + Array("oz.png".utf8) + [0]
    let descriptor = creat(bytes.map { CChar(bitPattern: $0) }, 0o644)
    #expect(descriptor >= 0)
    close(descriptor)
    try folder.write("path,label\nimages/1.png,a\nimages/Mu\u{F1}oz.png,b\n", to: "train.csv")
    let data = try DataDirectory.open(folder.path)
    #expect(data.notes.contains { $0.contains("Mu\u{F1}oz.png' is not there") && $0.contains("encoding") })
    #expect(!FileManager.default.fileExists(atPath: latin1))
  }

  // MARK: Splits

  private func foldTable(_ column: String, _ values: [String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    var text = "path,label,\(column)\n"
    for (index, value) in values.enumerated() {
      try folder.writeImage("images/\(index).png", tone: index)
      text += "\(index).png,\(index % 2 == 0 ? "a" : "b"),\(value)\n"
    }
    try folder.write(text, to: "train.csv")
    return folder
  }

  @Test(arguments: [
    ("fold", ["0", "1", "2", "3", "0", "1"], ["0"], ["1"], [2, 2, 2]),
    ("cv split", ["A", "A", "B", "B", "C", "C"], ["C"], [], [4, 0, 2]),
    (
      "Usage", ["Training", "Training", "PublicTest", "PublicTest", "PrivateTest", "PrivateTest"], ["PrivateTest"],
      ["PublicTest"], [2, 2, 2]
    ),
    ("is_test", ["0", "0", "0", "0", "1", "1"], ["1"], [], [4, 0, 2]),
  ])
  func valuesOfSplitsCanBeNamed(column: String, values: [String], test: [String], validation: [String], counts: [Int])
    throws
  {
    let folder = try foldTable(column, values)
    let columns = ImageTableColumns(
      split: column, testValues: test, validationValues: validation.isEmpty ? nil : validation)
    let data = try DataDirectory.open(folder.path, options: .init(reading: .init(columns: columns)))
    #expect([data.training.count, data.validation?.count ?? 0, data.test?.count ?? 0] == counts)
    let wrong = ImageTableColumns(split: column, testValues: ["7"])
    let error = #expect(throws: DataSourceError.self) {
      try DataDirectory.open(folder.path, options: .init(reading: .init(columns: wrong)))
    }
    #expect(error?.description.contains("no row has '7' (--test-split); the values are") == true)
  }

  @Test func foldsThatNobodyExplains() throws {
    let folder = try foldTable("fold", ["0", "1", "0", "1"])
    let error = #expect(throws: DataSourceError.self) { try DataDirectory.open(folder.path) }
    #expect(error?.description.contains("split '0' in column 'fold'") == true)
    #expect(error?.description.contains("--test-split") == true)
    let all = try DataDirectory.open(folder.path, options: .init(reading: .init(columns: .init(split: "none"))))
    #expect(all.training.count == 4)
    #expect(all.test == nil)
    let both = ImageTableColumns(testValues: ["0"], validationValues: ["0"])
    #expect(throws: DataSourceError.self) {
      try DataDirectory.open(folder.path, options: .init(reading: .init(columns: both)))
    }
    let without = ImageTableColumns(split: "none", testValues: ["0"])
    #expect(throws: DataSourceError.self) {
      try DataDirectory.open(folder.path, options: .init(reading: .init(columns: without)))
    }
  }

  @Test(arguments: [["test", "test"], ["val", "Test"], ["validation", "valid"]])
  func tablesWithoutTrainingRows(values: [String]) throws {
    let folder = try foldTable("split", values)
    let error = #expect(throws: DataSourceError.self) { try DataDirectory.open(folder.path) }
    #expect(error?.description.contains("there are no training rows: all 2 rows say") == true)
  }

  // MARK: Bounds

  /// Many columns take time in proportion; a head of a million is refused at once.
  @Test(.timeLimit(.minutes(2))) func wideTables() throws {
    let folder = try TemporaryFolder()
    for name in ["a", "b"] { try folder.writeImage("images/\(name).png") }
    func write(_ count: Int) throws {
      let head = "path,label," + (0..<count).map { "c\($0)" }.joined(separator: ",")
      let cells = String(repeating: ",1", count: count)
      try folder.write("\(head)\na.png,a\(cells)\nb.png,b\(cells)\n", to: "train.csv")
    }
    try write(30_000)
    let data = try DataDirectory.open(folder.path)
    #expect(data.training.metadata?.metadata(at: 1).fields.count == 30_000)
    try write(100_000)
    let error = #expect(throws: DataSourceError.self) { try DataDirectory.open(folder.path) }
    #expect(error?.description.contains("the head has 100002 columns") == true)
  }
}
