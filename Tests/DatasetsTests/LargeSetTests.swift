import Datasets
import Foundation
import LongtailTestSupport
import Testing

/// Sets of published size: loaded in seconds, with few bytes per record.
@Suite struct LargeSetTests {
  /// The size of iNaturalist 2018: 437,513 lines of 8,142 classes in no order.
  @Test func listOfPublishedSize() throws {
    let folder = try TemporaryFolder()
    let count = 437_513
    var generator = SeededGenerator(seed: 1)
    var text = ""
    text.reserveCapacity(count * 72)
    for index in 0..<count {
      let label = index < 8142 ? index : Int(generator.next() % 8142)
      let (one, two) = (generator.next(), generator.next())
      text += "train_val2018/Plantae/\(label)/\(String(one, radix: 16))\(String(two, radix: 16)).jpg \(label)\n"
    }
    try folder.write(text, to: "iNaturalist18_train.txt")
    let start = ContinuousClock.now
    let list = try ImageList(file: folder.path + "/iNaturalist18_train.txt", root: folder.path)
    let time = start.duration(to: .now)
    #expect(list.count == count)
    #expect(list.classNames.count == 8142)
    let perRecord = Double(list.storedBytes) / Double(count)
    print("list of \(count) lines: \(time), \(perRecord) bytes per record")
    #expect(perRecord < 60)
    #expect(time < .seconds(20))
  }

  /// Some thousand files of a few folders; `bench index` measures a million.
  @Test func folderWithManyFiles() throws {
    let folder = try TemporaryFolder()
    for label in 0..<20 {
      try folder.makeFolder("class \(label)/part")
      for index in 0..<500 {
        let place = index % 2 == 0 ? "" : "part/"
        #expect(
          FileManager.default.createFile(
            atPath: "\(folder.path)/class \(label)/\(place)image-\(index).jpg", contents: nil))
      }
    }
    let images = try ImageFolder(root: folder.path)
    #expect(images.count == 10_000)
    #expect(images.classCounts.allSatisfy { $0 == 500 })
    let names = (0..<images.count).map(images.name)
    #expect(zip(names, names.dropFirst()).allSatisfy { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    #expect(Double(images.storedBytes) / 10_000 < 40)
  }

  /// The counts of the published lists, as far as they are at hand.
  @Test(.enabled(if: RealData.has("lists")))
  func publishedLists() throws {
    let expected: [(name: String, count: Int, classes: Int, smallest: Int, largest: Int)] = [
      ("ImageNet_LT_val", 20_000, 1000, 20, 20), ("ImageNet_LT_test", 50_000, 1000, 50, 50),
      ("Places_LT_train", 62_500, 365, 5, 4980), ("Places_LT_val", 7300, 365, 20, 20),
      ("Places_LT_test", 36_500, 365, 100, 100), ("iNaturalist18_val", 24_426, 8142, 3, 3),
    ]
    for (name, count, classes, smallest, largest) in expected {
      let list = try ImageList(file: RealData.path("lists/\(name).txt"), root: "/data")
      #expect(list.count == count, "\(name)")
      #expect(list.classNames.count == classes, "\(name)")
      #expect(list.classCounts.min() == smallest, "\(name)")
      #expect(list.classCounts.max() == largest, "\(name)")
    }
    let places = try ImageList(file: RealData.path("lists/Places_LT_train.txt"), root: "/data")
    let distribution = try ClassDistribution(counts: places.classCounts)
    #expect(ShotGroup.allCases.map { distribution.classes(in: $0).count } == [131, 163, 71])
    #expect(ShotGroup.allCases.map { distribution.classes(in: $0, rule: .inclusive).count } == [132, 156, 77])
    // The whole folder opens for counting, with its siblings.
    let data = try DataDirectory.open(
      RealData.path("lists"), options: .init(allowsMissingImages: true))
    #expect(data.splits.map(\.images.count) == [62_500, 7300, 36_500])
    #expect(throws: DataSourceError.self) { try DataDirectory.open(RealData.path("lists")) }
  }
}
