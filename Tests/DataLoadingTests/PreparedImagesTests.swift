import DataLoading
import Datasets
import Foundation
import ImageCodecs
import LongtailTestSupport
import Synchronization
import Testing

@Suite struct PreparedImagesTests {
  private func folder(damaged: [Int] = []) throws -> (TemporaryFolder, ImageFolder) {
    let folder = try TemporaryFolder()
    for i in 0..<30 {
      let name = (i % 3 == 0 ? "a/" : "b/") + "\(10 + i).png"
      if damaged.contains(i) {
        try folder.write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0], to: name)
      } else {
        let width = 9 + i % 5
        let pixels = (0..<(width * 11 * 3)).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ i &* 11) }
        try folder.write(ImageCodec.encodePNG(PixelImage(width: width, height: 11, pixels: pixels)), to: name)
      }
    }
    return (folder, try ImageFolder(root: folder.path))
  }

  /// Any number of threads gives the bytes that one thread gives, and those of each image alone.
  @Test(arguments: [1, 2, 3, 8])
  func threadsDoNotMatter(workers: Int) throws {
    let (folder, images) = try folder()
    defer { withExtendedLifetime(folder) {} }
    let prepared = try PreparedImages(images, side: 8, workers: workers)
    #expect(prepared.originalIndices == Array(0..<30))
    #expect(prepared.images.labels == images.labels)
    for index in 0..<30 {
      let alone = try images.image(at: index).resizedShorterEdge(8).centerCropped(8)
      #expect(try prepared.images.image(at: index) == alone)
      #expect(prepared.images.name(at: index) == images.name(at: index))
    }
  }

  @Test func allDamagedFilesAreCounted() throws {
    let (folder, images) = try folder(damaged: Array(3..<16))
    let error = #expect(throws: DataSourceError.self) { try PreparedImages(images, side: 8) }
    guard case .unreadableImages(let count, let total, let examples) = error else {
      Issue.record("another error: \(String(describing: error))")
      return
    }
    #expect((count, total, examples.count) == (13, 30, 10))
    #expect(examples.allSatisfy { $0.hasPrefix(folder.path) })
    #expect(error?.description.contains("and 3 more") == true)
  }

  @Test func damagedFilesAreSkippedOnRequest() throws {
    let (folder, images) = try folder(damaged: [0, 7, 29])
    defer { withExtendedLifetime(folder) {} }
    let prepared = try PreparedImages(images, side: 8, workers: 3, skipsUnreadable: true)
    #expect(prepared.skipped.map(\.name).sorted() == ["a/10.png", "b/17.png", "b/39.png"])
    #expect(prepared.images.count == 27)
    for (position, index) in prepared.originalIndices.enumerated() {
      #expect(prepared.images.labels[position] == images.labels[index])
      #expect(try prepared.images.image(at: position) == images.image(at: index).resizedShorterEdge(8).centerCropped(8))
    }
  }

  @Test func memoryIsBounded() throws {
    let (folder, images) = try folder()
    defer { withExtendedLifetime(folder) {} }
    let needed = 30 * 224 * 224 * 3
    #expect(PreparedImages.memoryNeeded(count: 30, side: 224) == needed)
    let error = #expect(throws: DataSourceError.tooMuchMemory(needed: needed, limit: 1000, count: 30, side: 224)) {
      try PreparedImages(images, side: 224, memoryLimit: 1000)
    }
    #expect(error?.description.contains("30 images of 224 x 224 pixels need 4.3 MiB") == true)
    #expect(throws: DataSourceError.self) { try PreparedImages(images, side: 0) }
  }

  @Test func progressReachesTheEnd() throws {
    let (folder, images) = try folder()
    defer { withExtendedLifetime(folder) {} }
    let seen = Mutex<[Int]>([])
    _ = try PreparedImages(images, side: 8, workers: 2) { done, total in
      seen.withLock { $0.append(done) }
      #expect(total == 30)
    }
    let reports = seen.withLock { $0 }
    #expect(reports == reports.sorted())
    #expect(reports.last == 30)
  }
}
