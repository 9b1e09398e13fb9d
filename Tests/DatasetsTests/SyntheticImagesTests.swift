import Crypto
import Datasets
import Foundation
import LongtailTestSupport
import Testing

@Suite struct SyntheticImagesTests {
  private func hash(_ bytes: [UInt8]) -> String {
    SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
  }

  /// Every figure, byte for byte. A change of these values is a change of the demo's data: say so in the changelog.
  @Test func bytesArePinned() throws {
    let settings = SyntheticImageSettings(classCount: 24, largestClass: 10, imbalanceFactor: 5, testImagesPerClass: 2)
    let images = try SyntheticImages(settings)
    #expect(hash(images.training.pixels) == "812adf5e9a77e875533dd249abb36ee784921bb6ab2a99953e0298f47a0919d9")
    #expect(hash(images.test.pixels) == "0c7617913c85a057cc74b2adee90723baad5c3804de84d8fe94b5545b701ad7f")
  }

  #if DEBUG
    static let isOptimized = false
  #else
    static let isOptimized = true
  #endif

  /// The default set, where drawing it does not take long.
  @Test(.enabled(if: isOptimized)) func defaultSetIsPinned() throws {
    let images = try SyntheticImages()
    #expect(hash(images.training.pixels) == "f6934d1b42312f0c3eb313ec52cd86f762f42bd420b4f27dd7d9f054ab33b823")
    #expect(hash(images.test.pixels) == "c43d95f2d95972266e90e2be7e751d8fe976c180c01ea135d75173fcadb0603a")
    #expect(images.training.classCounts == images.settings.trainingCounts)
    #expect(
      images.training.classCounts
        == [400, 313, 246, 193, 151, 119, 93, 73, 57, 45, 35, 27, 21, 17, 13, 10, 8, 6, 5, 4])
    #expect(images.test.classCounts == [Int](repeating: 50, count: 20))
  }

  private let small = SyntheticImageSettings(classCount: 6, largestClass: 8, imbalanceFactor: 4, testImagesPerClass: 3)

  @Test func threadsDoNotMatter() throws {
    let alone = try SyntheticImages(small, workers: 1)
    let together = try SyntheticImages(small, workers: 5)
    #expect(alone.training.pixels == together.training.pixels)
    #expect(alone.test.pixels == together.test.pixels)
  }

  @Test func everyImageDiffers() throws {
    let images = try SyntheticImages(small)
    let all = try [images.training, images.test].flatMap { images in
      try (0..<images.count).map { try images.contents(at: $0) }
    }
    #expect(Set(all).count == all.count)
    var other = small
    other.seed = 1
    #expect(try SyntheticImages(other).test.pixels != images.test.pixels)
  }

  /// More classes or images leave the others as they were.
  @Test func imagesDependOnTheirOwnKeyAlone() throws {
    let images = try SyntheticImages(small)
    var larger = small
    (larger.classCount, larger.largestClass, larger.testImagesPerClass) = (10, 20, 5)
    let more = try SyntheticImages(larger)
    for (index, name) in (0..<images.test.count).map({ ($0, images.test.name(at: $0)) }) {
      let same = try #require((0..<more.test.count).first { more.test.name(at: $0) == name })
      #expect(try more.test.contents(at: same) == images.test.contents(at: index))
    }
  }

  @Test func lookAlikesPairCommonWithRare() throws {
    let images = try SyntheticImages(small)
    #expect(images.training.classNames == ["disc", "square", "smile", "hexagon", "house", "frown"])
    #expect(images.lookAlikes.map { [$0.common, $0.rare] } == [[0, 3], [1, 4], [2, 5]])
    var odd = small
    odd.classCount = 5
    #expect(try SyntheticImages(odd).lookAlikes.map { [$0.common, $0.rare] } == [[0, 3], [1, 4]])
  }

  @Test func writesAFolderThatOpens() throws {
    let folder = try TemporaryFolder()
    let images = try SyntheticImages(small)
    try images.write(to: folder.path)
    let data = try DataDirectory.open(folder.path)
    #expect(data.kind == .splitFolders)
    #expect(Set(data.classNames) == Set(images.training.classNames))
    let name = images.test.name(at: 4)
    let test = try #require(data.test)
    let index = try #require((0..<test.count).first { test.name(at: $0) == name })
    #expect(try test.image(at: index) == images.test.image(at: 4))
    #expect(throws: DataSourceError.exists(path: folder.path + "/train")) { try images.write(to: folder.path) }
  }

  @Test func settingsAreChecked() throws {
    for change in [
      { $0.classCount = 1 }, { $0.classCount = 25 }, { $0.largestClass = 0 }, { $0.imbalanceFactor = 0.5 },
      { $0.imbalanceFactor = .nan }, { $0.testImagesPerClass = -1 },
    ] as [(inout SyntheticImageSettings) -> Void] {
      var settings = small
      change(&settings)
      #expect(throws: DataSourceError.self) { try SyntheticImages(settings) }
    }
  }
}
