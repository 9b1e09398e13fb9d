import DataLoading
import Datasets
import Foundation
import ImageCodecs
import Testing
import Torch
import Transforms

@Suite struct DecodedCacheTests {
  private let policy = DecodedCachePolicy(shorterEdge: 45)

  /// The cache holds what decoding by its policy gives, and for images that are decoded in full what resizing gives.
  @Test(arguments: [1, 3])
  func equalsDirectDecoding(workers: Int) throws {
    let fixture = try LoaderFixture()
    let path = fixture.folder.path + "/cache"
    let cache = try DecodedCache.openOrMake(path, of: fixture.images, policy: policy, workers: workers)
    #expect(cache.labels == fixture.images.labels)
    #expect(cache.classNames == fixture.images.classNames)
    for index in 0..<20 {
      let image = try cache.image(at: index)
      #expect(try image == policy.image(at: index, of: fixture.images))
      let whole = try fixture.images.image(at: index)
      #expect(image == (whole.shorterEdge <= 45 ? whole : whole.resizedShorterEdge(45)))
      #expect(try cache.imageSize(at: index) == (image.width, image.height))
    }
  }

  /// Images that are decoded at a smaller scale keep the size that was told in advance.
  @Test func scaledImages() throws {
    let fixture = try LoaderFixture(count: 6, scale: 5)
    let cache = try DecodedCache.openOrMake(fixture.folder.path + "/cache", of: fixture.images, policy: policy)
    for index in 0..<6 {
      let whole = try fixture.images.image(at: index)
      let image = try cache.image(at: index)
      let expected = whole.resizedShorterEdge(45)
      #expect((image.width, image.height) == (expected.width, expected.height))
      let differences = zip(image.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }
      #expect(Double(differences.reduce(0, +)) / Double(differences.count) < 3)
    }
  }

  /// A loader gives the same from the cache as from the decoded images themselves.
  @Test func loaderReadsFromIt() throws {
    let fixture = try LoaderFixture()
    let cache = try DecodedCache.openOrMake(fixture.folder.path + "/cache", of: fixture.images, policy: policy)
    let decoded = try DecodedImages(
      base: fixture.images, images: (0..<20).map { try policy.image(at: $0, of: fixture.images) })
    let plan = PlannedBatch.batches(of: Array(0..<20), size: 7)
    for crop in [CropRule.random(RandomCrop()), .center(shorterEdge: 32)] {
      let settings = LoaderSettings(side: 28, crop: crop, seed: 2, workers: 2)
      let one = try fixture.batches(settings, plan, of: cache)
      let other = try fixture.batches(settings, plan, of: decoded)
      #expect(one.map(\.pixels) == other.map(\.pixels))
    }
  }

  @Test func sizeIsToldInAdvance() throws {
    let fixture = try LoaderFixture()
    let path = fixture.folder.path + "/cache"
    let plan = try DecodedCache.plan(for: fixture.images, policy: policy)
    #expect(plan.count == 20)
    _ = try DecodedCache.openOrMake(path, of: fixture.images, policy: policy, plan: plan)
    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
    #expect(size == plan.fileBytes)
    #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path).sorted() == ["a", "b", "cache"])
  }

  /// It is used again as long as it fits, and made anew when source, policy or file have changed.
  @Test func isVersioned() throws {
    let fixture = try LoaderFixture()
    let path = fixture.folder.path + "/cache"
    #expect(try DecodedCache.open(path, of: fixture.images, policy: policy) == nil)
    _ = try DecodedCache.openOrMake(path, of: fixture.images, policy: policy)
    func inode() throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
    }
    let first = try inode()
    _ = try DecodedCache.openOrMake(path, of: fixture.images, policy: policy)
    #expect(try inode() == first)
    #expect(try DecodedCache.open(path, of: fixture.images, policy: DecodedCachePolicy(shorterEdge: 44)) == nil)
    try fixture.folder.write(ImageCodec.encodePNG(LoaderFixture.image(3, width: 99, height: 60)), to: "a/100.jpg")
    #expect(try DecodedCache.open(path, of: fixture.images, policy: policy) == nil)
    let again = try DecodedCache.openOrMake(path, of: fixture.images, policy: policy)
    #expect(try again.imageSize(at: 0) == (74, 45))
  }

  /// A damaged or cut cache is never read; every byte of the front counts.
  @Test func damagedFrontIsNoticed() throws {
    let fixture = try LoaderFixture(count: 4)
    let path = fixture.folder.path + "/cache"
    _ = try DecodedCache.openOrMake(path, of: fixture.images, policy: policy)
    let sound = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    func opens(_ bytes: [UInt8]) throws -> Bool {
      try fixture.folder.write(bytes, to: "other")
      return try DecodedCache.open(fixture.folder.path + "/other", of: fixture.images, policy: policy) != nil
    }
    #expect(try opens(sound))
    for position in stride(from: 0, to: 88 + 4 * 16 + 32, by: 3) {
      var damaged = sound
      damaged[position] ^= 0x41
      #expect(try !opens(damaged), "byte \(position)")
    }
    for count in [0, 1, 87, 100, sound.count - 1] { #expect(try !opens(Array(sound.prefix(count)))) }
  }

  /// Damaged images are all named, and the cache that was there stays.
  @Test func damagedImagesAreNamed() throws {
    let fixture = try LoaderFixture()
    let path = fixture.folder.path + "/cache"
    _ = try DecodedCache.openOrMake(path, of: fixture.images, policy: policy)
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    for index in [2, 5] {
      let file = fixture.images.path(at: index)
      let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
      try bytes.prefix(bytes.count * 3 / 4).write(to: URL(fileURLWithPath: file))
    }
    let error = #expect(throws: DataSourceError.self) {
      try DecodedCache.openOrMake(path, of: fixture.images, policy: policy)
    }
    guard case .unreadableImages(let count, let total, let examples) = error else {
      Issue.record("another error: \(String(describing: error))")
      return
    }
    #expect((count, total) == (2, 20))
    #expect(examples[0].hasPrefix(fixture.images.path(at: 2)))
    #expect(examples[1].hasPrefix(fixture.images.path(at: 5)))
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path).sorted() == ["a", "b", "cache"])
  }
}

/// Images in memory with the names and labels of another source.
private struct DecodedImages: ImageSource {
  let base: any ImageSource
  let images: [PixelImage]
  var classNames: [String] { base.classNames }
  var labels: [Int] { base.labels }
  var isResident: Bool { false }
  func name(at index: Int) -> String { base.name(at: index) }
  func image(at index: Int, minimumShorterEdge: Int?) throws -> PixelImage { images[index] }
  func imageSize(at index: Int) throws -> (width: Int, height: Int) { (images[index].width, images[index].height) }
  func contents(at index: Int) throws -> [UInt8] { images[index].pixels }
  func contentSize(at index: Int) throws -> Int { images[index].pixels.count }
}
