import DataLoading
import Datasets
import Foundation
import ImageCodecs
import LongtailTestSupport
import Synchronization
import Testing
import Torch
import Transforms

@Suite struct ImageLoaderTests {
  private static let order = (0..<50).map { ($0 * 7 + $0 / 20) % 20 }

  private static func settings(_ crop: CropRule, side: Int = 24, workers: Int = 2, ahead: Int = 2) -> LoaderSettings {
    LoaderSettings(side: side, crop: crop, seed: 5, workers: workers, batchesAhead: ahead)
  }

  /// Pixels and order do not depend on the number of threads or of prefetched batches.
  @Test(arguments: [(1, 1), (2, 2), (3, 1), (8, 5)])
  func threadsDoNotMatter(workers: Int, ahead: Int) throws {
    let fixture = try LoaderFixture()
    let plan = PlannedBatch.batches(of: Self.order, size: 8, firstStep: 100)
    let crop = CropRule.random(RandomCrop())
    let expected = try fixture.batches(Self.settings(crop, workers: 1), plan)
    let actual = try fixture.batches(Self.settings(crop, workers: workers, ahead: ahead), plan)
    #expect(actual.count == 7)
    for (one, other) in zip(expected, actual) {
      #expect(one.step == other.step)
      #expect(one.pixels == other.pixels)
      #expect(one.indices == other.indices)
    }
    #expect(actual.map(\.step) == Array(100..<107))
    #expect(actual.flatMap(\.indices) == Self.order)
  }

  /// The rest of an epoch after a resume is what it would have been.
  @Test func startsInTheMiddleOfAnEpoch() throws {
    let fixture = try LoaderFixture()
    let settings = Self.settings(.random(RandomCrop()))
    let whole = try fixture.batches(settings, PlannedBatch.batches(of: Self.order, size: 6, firstStep: 40))
    let rest = try fixture.batches(
      Self.settings(.random(RandomCrop()), workers: 3),
      PlannedBatch.batches(of: Self.order, size: 6, firstStep: 40, from: 4))
    #expect(rest.map(\.step) == [44, 45, 46, 47, 48])
    #expect(rest.map(\.pixels) == whole.dropFirst(4).map(\.pixels))
  }

  /// An image that occurs twice has different crops; equal step and position give equal crops; another seed or stream differs.
  @Test func cropsDependOnStepAndPosition() throws {
    let fixture = try LoaderFixture()
    var settings = Self.settings(.random(RandomCrop()))
    let plan = [PlannedBatch(step: 3, indices: [1, 1, 1]), PlannedBatch(step: 4, indices: [1])]
    let batches = try fixture.batches(settings, plan)
    let size = 24 * 24 * 3
    let parts = (0..<3).map { Array(batches[0].pixels[($0 * size)..<(($0 + 1) * size)]) } + [batches[1].pixels]
    #expect(Set(parts).count == 4)
    let shifted = try fixture.batches(settings, [PlannedBatch(step: 3, indices: [1], firstPosition: 2)])
    #expect(shifted[0].pixels == parts[2])
    settings.stream = 1
    #expect(try fixture.batches(settings, plan)[0].pixels != batches[0].pixels)
    settings.stream = 0
    settings.seed = 6
    #expect(try fixture.batches(settings, plan)[0].pixels != batches[0].pixels)
  }

  /// Evaluation crops equal resizing the shorter edge and cropping the centre of whole images, bit for bit.
  @Test(arguments: [(24, 24), (24, 28), (16, 16), (40, 45), (90, 110)])
  func centerEqualsResizeAndCrop(side: Int, shorterEdge: Int) throws {
    let fixture = try LoaderFixture()
    let plan = PlannedBatch.batches(of: Array(0..<20), size: 20)
    let batch = try fixture.batches(Self.settings(.center(shorterEdge: shorterEdge), side: side), plan)[0]
    let expected = try (0..<20).flatMap { index in
      try fixture.images.image(at: index, minimumShorterEdge: shorterEdge).resizedShorterEdge(shorterEdge)
        .centerCropped(side).pixels
    }
    #expect(batch.pixels == expected)
  }

  /// Training: the window that the rule draws, cut out of the whole image, then resized and mirrored.
  @Test func randomEqualsCropAndResize() throws {
    let fixture = try LoaderFixture()
    let rule = RandomCrop(area: 0.3...1)
    // The square is as large as the images, so none is decoded at a smaller scale.
    let batch = try fixture.batches(
      Self.settings(.random(rule), side: 64), [PlannedBatch(step: 9, indices: Array(0..<20))])[0]
    let size = 64 * 64 * 3
    var mirrored = 0
    for index in 0..<20 {
      let image = try fixture.images.image(at: index)
      let window = rule.window(
        width: image.width, height: image.height, draw: CropDraw(seed: 5, step: 9, position: index))
      let region = window.region
      var expected = image.cropped(x: region.x, y: region.y, width: region.width, height: region.height)
        .resized(toWidth: 64, height: 64)
      if window.isMirrored {
        mirrored += 1
        expected = Self.mirrored(expected)
      }
      #expect(Array(batch.pixels[(index * size)..<((index + 1) * size)]) == expected.pixels)
    }
    #expect((3...17).contains(mirrored))
  }

  /// Scaled decoding gives nearly what resizing the whole gives. These stripes are finer than its pixels at an eighth of the size, where the
  /// reduced images of libjpeg differ most: by 4.1 levels on average for the whole second image, in this decoder as in Pillow's draft mode.
  @Test func scaledDecodingIsClose() throws {
    let fixture = try LoaderFixture(count: 10, scale: 6)
    let rule = RandomCrop(area: 0.8...1)
    let batch = try fixture.batches(
      Self.settings(.random(rule), side: 32), [PlannedBatch(step: 0, indices: [0, 1, 2])])[0]
    for index in 0..<3 {
      let image = try fixture.images.image(at: index)
      let window = rule.window(
        width: image.width, height: image.height, draw: CropDraw(seed: 5, step: 0, position: index))
      let region = window.region
      let plain = image.cropped(x: region.x, y: region.y, width: region.width, height: region.height)
        .resized(toWidth: 32, height: 32)
      let expected = window.isMirrored ? Self.mirrored(plain) : plain
      let size = 32 * 32 * 3
      let differences = zip(batch.pixels[(index * size)...], expected.pixels).map { abs(Int($0) - Int($1)) }
      #expect(Double(differences.reduce(0, +)) / Double(size) < 5)
    }
  }

  private static func mirrored(_ image: PixelImage) -> PixelImage {
    let pixels = (0..<image.height).flatMap { y in
      (0..<image.width).reversed().flatMap { x -> [UInt8] in
        let color = image[x, y]
        return [color.red, color.green, color.blue]
      }
    }
    return PixelImage(width: image.width, height: image.height, pixels: pixels)
  }

  /// The batch of a damaged file fails with its name; the others come.
  @Test(arguments: [1, 4])
  func damagedFileIsNamed(workers: Int) throws {
    let fixture = try LoaderFixture(damaged: [7, 9])
    let plan = PlannedBatch.batches(of: Array(0..<20), size: 5)
    let loader = try ImageLoader(
      fixture.images, Self.settings(.center(shorterEdge: 24), workers: workers), plan: plan)
    #expect(try loader.next()?.step == 0)
    let error = #expect(throws: ImageCodecError.self) { try loader.next() }
    #expect(error?.name == fixture.images.path(at: 7))
    #expect(error?.isDamage == true)
    #expect(try loader.next()?.step == 2)
    #expect(try loader.next()?.step == 3)
    #expect(try loader.next() == nil)
  }

  @Test func missingFileIsNamed() throws {
    let fixture = try LoaderFixture()
    try FileManager.default.removeItem(atPath: fixture.images.path(at: 3))
    let loader = try ImageLoader(
      fixture.images, Self.settings(.random(RandomCrop())), plan: [PlannedBatch(step: 0, indices: [3])])
    #expect(throws: ImageCodecError(name: fixture.images.path(at: 3), reason: .missing)) { try loader.next() }
  }

  /// More can be planned while batches are taken, and after the end.
  @Test func planGrows() throws {
    let fixture = try LoaderFixture()
    let loader = try ImageLoader(fixture.images, Self.settings(.center(shorterEdge: 24)))
    #expect(try loader.next() == nil)
    for round in 0..<3 {
      try loader.append([
        PlannedBatch(step: UInt64(round * 2), indices: [round]),
        PlannedBatch(step: UInt64(round * 2 + 1), indices: [0]),
      ])
      #expect(try loader.next()?.step == UInt64(round * 2))
      #expect(try loader.next()?.step == UInt64(round * 2 + 1))
      #expect(try loader.next() == nil)
    }
    #expect(loader.counters.images == 6)
    #expect(loader.counters.batches == 6)
    #expect(loader.counters.decode > 0)
    #expect(loader.counters.resample > 0)
    #expect(loader.counters.read > 0)
  }

  /// No more than the wanted number of batches is made ahead.
  @Test func queueIsBounded() throws {
    let fixture = try LoaderFixture()
    let loader = try ImageLoader(
      fixture.images, Self.settings(.center(shorterEdge: 24), workers: 2, ahead: 2),
      plan: PlannedBatch.batches(of: Self.order, size: 5))
    _ = try loader.next()
    #expect(eventually { loader.counters.images == 15 })
    Thread.sleep(forTimeInterval: 0.1)
    #expect(loader.counters.images == 15)
    _ = try loader.next()
    #expect(eventually { loader.counters.waitingForRoom > 0 })
  }

  @Test func cancelEndsTheThreads() throws {
    let fixture = try LoaderFixture()
    let plan = PlannedBatch.batches(of: Self.order, size: 5)
    let loader = try ImageLoader(fixture.images, Self.settings(.center(shorterEdge: 24)), plan: plan)
    _ = try loader.next()
    loader.cancel()
    #expect(throws: LoaderError.cancelled) { try loader.next() }
    // Released in the middle of their work: would hang if the threads did not end.
    for _ in 0..<20 { _ = try ImageLoader(fixture.images, Self.settings(.random(RandomCrop())), plan: plan) }
  }

  /// A file that takes long is told of, with its name.
  @Test func longWaitIsNoticed() throws {
    let notices = Mutex<[String]>([])
    var settings = Self.settings(.center(shorterEdge: 4), side: 4, workers: 1)
    settings.patience = .milliseconds(20)
    settings.notice = { stall in notices.withLock { $0.append(stall.description) } }
    let loader = try ImageLoader(SlowImages(), settings, plan: [PlannedBatch(step: 6, indices: [0, 1])])
    #expect(try loader.next()?.indices == [0, 1])
    let first = try #require(notices.withLock { $0.first })
    #expect(first.contains("step 6"))
    #expect(first.contains("slow 0"))
    #expect(loader.counters.waitingForImages > 0.05)
  }

  @Test func badSettingsAndPlansAreRefused() throws {
    let fixture = try LoaderFixture()
    let bad = [
      Self.settings(.center(shorterEdge: 20), side: 24), Self.settings(.center(shorterEdge: 24), side: 0),
      Self.settings(.center(shorterEdge: 24), workers: 0), Self.settings(.center(shorterEdge: 24), ahead: 0),
      Self.settings(.random(RandomCrop(area: 0...1))), Self.settings(.random(RandomCrop(flipProbability: 1.5))),
    ]
    for settings in bad {
      #expect(throws: DataSourceError.self) { try ImageLoader(fixture.images, settings) }
    }
    let settings = Self.settings(.center(shorterEdge: 24))
    #expect(throws: LoaderError.emptyBatch(step: 2)) {
      try ImageLoader(fixture.images, settings, plan: [PlannedBatch(step: 2, indices: [])])
    }
    #expect(throws: DataSourceError.indexOutOfRange(index: 20, position: 1, count: 20)) {
      try ImageLoader(fixture.images, settings, plan: [PlannedBatch(step: 2, indices: [3, 20])])
    }
  }
}

/// Grey squares that take their time.
private struct SlowImages: ImageSource {
  let classNames = ["grey"]
  let labels = [0, 0]
  let isResident = false
  func name(at index: Int) -> String { "slow \(index)" }
  func image(at index: Int, minimumShorterEdge: Int?) throws -> PixelImage {
    Thread.sleep(forTimeInterval: 0.05)
    return PixelImage(width: 4, height: 4, color: RGBColor(red: 9, green: 9, blue: 9))
  }
  func imageSize(at index: Int) throws -> (width: Int, height: Int) { (4, 4) }
  func contents(at index: Int) throws -> [UInt8] { [] }
  func contentSize(at index: Int) throws -> Int { 0 }
}
