import Datasets
import Foundation
import LongtailTestSupport
import Testing

@Suite struct IndexListTests {
  @Test func indicesSurviveARoundTrip() throws {
    let folder = try TemporaryFolder()
    let file = folder.path + "/part.txt"
    try IndexList.write([5, 0, 123_456], to: file)
    #expect(try IndexList.read(file) == [5, 0, 123_456])
    #expect(throws: DataSourceError.exists(path: file)) { try IndexList.write([1], to: file) }
    #expect(try IndexList.read(file) == [5, 0, 123_456])
  }

  @Test func badIndexIsNumbered() throws {
    let folder = try TemporaryFolder()
    try folder.write("1\n\n-2\n", to: "part.txt")
    let error = #expect(throws: DataSourceError.self) { try IndexList.read(folder.path + "/part.txt") }
    #expect(error?.description.contains("part.txt:3 is '-2'") == true)
  }

  /// What is written opens again as the same part, under the same classes.
  @Test func writtenListOpens() throws {
    let folder = try TemporaryFolder()
    for name in ["a b", "c"] {
      for i in 0..<3 { try folder.writeImage("train/\(name)/\(i).png", tone: i) }
    }
    let images = try ImageFolder(root: folder.path + "/train")
    try IndexList.writeImages(at: [4, 0], of: images, prefix: "train/", to: folder.path + "/train.txt")
    let data = try DataDirectory.open(folder.path)
    #expect(data.kind == .imageLists)
    #expect(data.classNames == ["a b", "c"])
    #expect((0..<2).map(data.training.name) == ["train/c/1.png", "train/a b/0.png"])
    #expect(throws: DataSourceError.indexOutOfRange(index: 6, position: 0, count: 6)) {
      try IndexList.writeImages(at: [6], of: images, to: folder.path + "/more.txt")
    }
    #expect(throws: DataSourceError.self) { try IndexList.write([1], to: folder.path + "/nowhere/part.txt") }
  }
}
