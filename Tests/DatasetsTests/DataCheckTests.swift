import Datasets
import Foundation
import LongtailTestSupport
import Testing

@Suite struct DataCheckTests {
  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for i in 0..<4 { try folder.writeImage("train/a/\(i).png", tone: i) }
    try folder.writeImage("train/a/copy.png", tone: 1)
    try folder.writeImage("train/b/other.png", tone: 2)
    try folder.write("no image", to: "train/b/broken.png")
    try folder.makeFolder("train/c")
    try folder.writeImage("train/d/single.png", tone: 50)
    try folder.writeImage("test/a/1.png", tone: 100)
    try folder.writeImage("test/b/leak.png", tone: 3)
    for name in ["c", "d"] { try folder.makeFolder("test/" + name) }
    return folder
  }

  @Test(arguments: [1, 4])
  func findsWhatIsThere(workers: Int) throws {
    let folder = try folder()
    let data = try DataDirectory.open(folder.path, options: .init(allowsEmptyClasses: true))
    let report = DataCheck.run(data, workers: workers)
    let train = try #require(report.splits.first)
    #expect(train.imageCount == 8)
    #expect(train.unreadable.count == 1)
    #expect(train.unreadable.examples[0].hasPrefix(folder.path + "/train/b/broken.png: this is text, not an image"))
    #expect(train.duplicates.examples == ["a/1.png = a/copy.png"])
    #expect(train.contradictions.examples == ["a/2.png (a) = b/other.png (b)"])
    #expect(train.emptyClasses.examples == ["c"])
    #expect(train.singleImageClasses.examples == ["d"])
    #expect(train.labelGaps.examples == ["2"])
    #expect(report.sharedBetweenSplits.examples == ["train a/3.png = test b/leak.png"])
    #expect(!report.isUsable)
    #expect(!report.isClean)
    let decoded = try JSONDecoder().decode(DataCheckReport.self, from: JSONEncoder().encode(report))
    #expect(decoded == report)
  }

  @Test func cleanSet() throws {
    let data = try DataDirectory.synthetic(
      .init(classCount: 3, largestClass: 6, imbalanceFactor: 3, testImagesPerClass: 2))
    let report = DataCheck.run(data)
    #expect(report.isClean)
    #expect(report.splits.map(\.imageCount) == [11, 6])
  }

  @Test func examplesAreLimited() throws {
    let folder = try TemporaryFolder()
    for i in 0..<25 { try folder.write("broken \(i)", to: "a/\(i).png") }
    try folder.writeImage("b/1.png")
    let report = DataCheck.run(try DataDirectory.open(folder.path))
    #expect(report.splits[0].unreadable.count == 25)
    #expect(report.splits[0].unreadable.examples.count == DataCheck.exampleLimit)
  }

  @Test func summaryCountsAndMeasures() throws {
    let folder = try TemporaryFolder()
    for i in 0..<2 { try folder.writeImage("a/\(i).png", width: 10 + i, height: 20) }
    for i in 0..<8 { try folder.writeImage("b/\(i).png", width: 30, height: 5 + i) }
    try folder.write("broken", to: "a/x.png")
    let summary = DataSummary(try DataDirectory.open(folder.path))
    #expect(summary.classes.map(\.name) == ["b", "a"])
    #expect(summary.classes.map(\.trainingCount) == [8, 3])
    #expect(summary.classes.allSatisfy { $0.testCount == nil })
    #expect(summary.trainingCount == 11)
    #expect(summary.imbalanceFactor == 8.0 / 3)
    #expect(summary.unreadableCount == 1)
    #expect(summary.widths.map { [$0.smallest, $0.median, $0.largest] } == [10, 30, 30])
    #expect(summary.heights.map { [$0.smallest, $0.largest] } == [5, 20])
  }

  /// The fingerprint follows names, labels and contents, and nothing else.
  @Test func digestFollowsTheContent() throws {
    let folder = try TemporaryFolder()
    for name in ["a", "b"] { try folder.writeImage(name + "/1.png") }
    func digest() throws -> String { try DataDigest.digest(of: ImageFolder(root: folder.path)) }
    let first = try digest()
    #expect(first.count == 64)
    #expect(try digest() == first)
    try folder.writeImage("a/2.png")
    let second = try digest()
    #expect(second != first)
    try FileManager.default.moveItem(atPath: folder.path + "/a/2.png", toPath: folder.path + "/b/2.png")
    #expect(try digest() != second)
    let settings = SyntheticImageSettings(classCount: 2, largestClass: 3, imbalanceFactor: 1, testImagesPerClass: 1)
    var other = settings
    other.seed = 1
    let drawn = try DataDigest.digest(of: DataDirectory.synthetic(settings))
    #expect(try DataDigest.digest(of: DataDirectory.synthetic(settings)) == drawn)
    #expect(try DataDigest.digest(of: DataDirectory.synthetic(other)) != drawn)
  }
}
