import Datasets
import FileAccess
import Foundation
import ImageCodecs
import LongtailTestSupport
import Serialization
import Testing

@Suite struct ImageListTests {
  private func list(_ text: String, classNames: [String]? = nil) throws -> ImageList {
    let folder = try TemporaryFolder()
    try folder.write(text, to: "list.txt")
    return try ImageList(file: folder.path + "/list.txt", root: "/data", classNames: classNames)
  }

  @Test func lastSpaceParts() throws {
    let images = try list("\u{FEFF}my cats/a b.jpg 0\r\n\r\ndogs/c.jpg  1 \n\nmy cats/d.jpg 0\n")
    #expect((0..<3).map(images.name) == ["my cats/a b.jpg", "dogs/c.jpg", "my cats/d.jpg"])
    #expect(images.labels == [0, 1, 0])
    #expect(images.path(at: 1) == "/data/dogs/c.jpg")
    #expect(images.classNames == ["my cats", "dogs"])
  }

  /// Without a folder of its own for each label the labels are the names; gaps are empty classes.
  @Test func namesFromLabels() throws {
    #expect(try list("a/1.jpg 0\nb/2.jpg 0\nb/3.jpg 1\n").classNames == ["0", "1"])
    #expect(try list("x/a/1.jpg 0\ny/a/2.jpg 1\n").classNames == ["0", "1"])
    let gap = try list("a/1.jpg 0\nc/2.jpg 2\n")
    #expect(gap.classNames == ["a", "1", "c"])
    #expect(gap.emptyClasses == [1])
    #expect(try list("a.jpg 0\n", classNames: ["first", "second"]).classNames == ["first", "second"])
  }

  /// Paths alone: the folder is the class.
  @Test func withoutLabels() throws {
    let images = try list("set/bee/1.jpg\nset/ant/2 b.JPG\r\nset/bee/3.png\n")
    #expect(images.classNames == ["ant", "bee"])
    #expect(images.labels == [1, 0, 1])
    #expect(images.name(at: 1) == "set/ant/2 b.JPG")
    #expect(try list("bee/1.jpg\n", classNames: ["ant", "bee"]).labels == [1])
    for (text, line, problem) in [
      ("a/1.jpg\na/2.jpg 0\n", 2, "the first line has no label"),
      ("a/1.jpg\n\n2.jpg\n", 3, "neither a label nor a folder"),
      ("/a/1.jpg\n", 1, "slash"),
    ] {
      let error = #expect(throws: DataSourceError.self) { try list(text) }
      #expect(error?.description.contains("list.txt:\(line): ") == true)
      #expect(error?.description.contains(problem) == true)
    }
    let unknown = #expect(throws: DataSourceError.self) { try list("cow/1.jpg\n", classNames: ["ant", "bee"]) }
    #expect(unknown?.description.contains("list.txt:1: 'cow' is not among the classes") == true)
  }

  @Test(arguments: [
    ("a.jpg 0\nb.jpg\n", 2, "no space"), ("a.jpg 0\n\nb.jpg x\n", 3, "'x'"), ("a.jpg -1\n", 1, "'-1'"),
    ("a.jpg 1.5\n", 1, "'1.5'"), ("/a.jpg 0\n", 1, "slash"), (" 3\n", 1, "no path"), ("a.jpg 1000001\n", 1, "1000000"),
    ("a.jpg 99999999999999999999\n", 1, "99999999999999999999"),
  ])
  func badLinesAreNumbered(text: String, line: Int, problem: String) throws {
    let error = #expect(throws: DataSourceError.self) { try list(text) }
    guard case .badLine(_, let number, let said) = error else {
      Issue.record("not a bad line: \(String(describing: error))")
      return
    }
    #expect(number == line)
    #expect(said.contains(problem))
    #expect(error?.description.contains("list.txt:\(line): ") == true)
  }

  @Test func labelBeyondTheNames() throws {
    let error = #expect(throws: DataSourceError.self) { try list("a.jpg 0\na.jpg 2\n", classNames: ["x", "y"]) }
    #expect(error?.description.contains("list.txt:2: label 2, but there are 2 classes") == true)
  }

  @Test func bytesThatAreNoText() throws {
    let folder = try TemporaryFolder()
    try folder.write(Array("a.jpg 0\n".utf8) + [0xFF, 0xFE, 0x0A], to: "list.txt")
    let file = folder.path + "/list.txt"
    #expect(
      throws: SerializationError.malformed(
        path: file, place: "line 2", reason: "this is not UTF-8 text; save the file as UTF-8")
    ) {
      try ImageList(file: file, root: folder.path)
    }
  }

  @Test func emptyAndMissingLists() throws {
    let error = #expect(throws: DataSourceError.self) { try list("\n\n") }
    #expect(error?.description.contains("no images") == true)
    #expect(throws: InputFileError.self) { try ImageList(file: "/nowhere.txt", root: "/") }
  }

  @Test(.enabled(if: RealData.has("lists")))
  func realLists() throws {
    let train = try ImageList(file: RealData.path("lists/Places_LT_train.txt"), root: "/data")
    #expect(train.count == 62_500)
    #expect(train.classCounts.count == 365)
    #expect(train.classCounts.max() == 4980)
    #expect(train.classCounts.min() == 5)
  }
}
