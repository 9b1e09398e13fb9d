import Datasets
import ImageCodecs
import Synchronization
import Transforms

/// A source decoded into memory as squares of one size: the shorter edge is resized, then a square is cropped.
public struct PreparedImages: Sendable {
  /// The images; `[n, side, side, 3]`, in the order of the source.
  public let images: ResidentImages
  /// The index of each image in the source; `0..<count` unless images were skipped.
  public let originalIndices: [Int]
  /// Images that could not be decoded and were skipped, in the order of the source.
  public let skipped: [UnreadableImage]

  /// Decodes all images of a source on several threads; the result does not depend on their number.
  ///
  /// - Parameters:
  ///   - source: the images.
  ///   - side: pixels along each side of the squares, 1...4096.
  ///   - shorterEdge: the length that shorter edges are resized to before the square is cut out; by default `side`.
  ///   - place: the position of the square.
  ///   - workers: number of threads; by default one per processor core.
  ///   - memoryLimit: the most bytes the block may have; by default half of the machine's memory.
  ///   - skipsUnreadable: whether images that cannot be decoded are left out instead of ending the work.
  ///   - progress: called repeatedly with the number of finished images.
  /// - Throws: `DataSourceError.unreadableImages` with the number of all and the first ten of them, after every image was tried;
  ///   `.tooMuchMemory` and `.badSetting` before any work.
  public init(
    _ source: any ImageSource, side: Int, shorterEdge: Int? = nil, place: CropPosition = .middle, workers: Int? = nil,
    memoryLimit: Int? = nil,
    skipsUnreadable: Bool = false, progress: DataProgress? = nil
  ) throws {
    guard (1...4096).contains(side) else {
      throw DataSourceError.badSetting(name: "image side", value: "\(side)", expected: "1...4096 pixels")
    }
    let count = source.count
    let needed = Self.memoryNeeded(count: count, side: side)
    let limit = memoryLimit ?? ProcessorCount.halfOfMemory
    guard needed <= limit else {
      throw DataSourceError.tooMuchMemory(needed: needed, limit: limit, count: count, side: side)
    }
    let shorterEdge = max(shorterEdge ?? side, side)
    if let resident = source as? ResidentImages, resident.side == side, shorterEdge == side {
      (images, originalIndices, skipped) = (resident, Array(resident.labels.indices), [])
      return
    }
    var failures: [UnreadableImage] = []
    let pixels = try [UInt8](unsafeUninitializedCapacity: needed) { block, initialized in
      failures = Self.fill(
        block, from: source, side: side, crop: .fixed(place, shorterEdge: shorterEdge), workers: workers,
        progress: progress
      )
      guard failures.isEmpty || skipsUnreadable else { throw Self.error(failures, total: count) }
      initialized = Self.closeGaps(in: block, without: failures.map(\.index), stride: side * side * 3, count: count)
    }
    let left = Set(failures.map(\.index))
    let kept = (0..<count).filter { !left.contains($0) }
    let labels = source.labels
    images = ResidentImages(
      side: side, classNames: source.classNames, labels: kept.map { labels[$0] }, pixels: pixels,
      names: kept.map(source.name))
    originalIndices = kept
    skipped = failures
  }

  /// Bytes of a block of `count` squares.
  public static func memoryNeeded(count: Int, side: Int) -> Int { count * side * side * 3 }

  /// Whether images of this size, and a test set beside them, fit into half of the memory.
  public static func fitsIntoMemory(count: Int, side: Int) -> Bool {
    memoryNeeded(count: count, side: side) <= ProcessorCount.halfOfMemory / 2
  }

  /// Writes every image into the block; returns those that failed, in order. Their pixels are zero.
  private static func fill(
    _ block: UnsafeMutableBufferPointer<UInt8>, from source: any ImageSource, side: Int, crop: CropRule,
    workers: Int?, progress: DataProgress?
  ) -> [UnreadableImage] {
    let shared = SharedBlock(block: block, stride: side * side * 3)
    let failures = Mutex<[UnreadableImage]>([])
    let draw = CropDraw(seed: 0, step: 0, position: 0)
    WorkerPool.forEach(
      source.count, workers: workers ?? WorkerPool.defaultWorkers, progress: progress,
      tool: { CropRenderer(source) }
    ) { renderer, index in
      do {
        try renderer.render(
          index, crop: crop, side: side, draw: draw, into: shared.image(at: index))
      } catch {
        shared.image(at: index).update(repeating: 0)
        let failure = UnreadableImage(index: index, name: source.name(at: index), reason: String(describing: error))
        failures.withLock { $0.append(failure) }
      }
    }
    return failures.withLock { $0.sorted { $0.index < $1.index } }
  }

  /// Closes the gaps of images that failed; returns the number of bytes that remain.
  private static func closeGaps(
    in block: UnsafeMutableBufferPointer<UInt8>, without gaps: [Int], stride: Int, count: Int
  ) -> Int {
    guard let base = block.baseAddress, !gaps.isEmpty else { return count * stride }
    let left = Set(gaps)
    var position = 0
    for index in 0..<count where !left.contains(index) {
      if position != index { (base + position * stride).update(from: base + index * stride, count: stride) }
      position += 1
    }
    return position * stride
  }

  private static func error(_ failures: [UnreadableImage], total: Int) -> DataSourceError {
    .unreadableImages(count: failures.count, total: total, examples: failures.prefix(10).map(\.reason))
  }
}

/// The block that workers write to; each writes only its own images.
private struct SharedBlock: @unchecked Sendable {
  let block: UnsafeMutableBufferPointer<UInt8>
  let stride: Int

  func image(at index: Int) -> UnsafeMutableBufferPointer<UInt8> {
    UnsafeMutableBufferPointer(rebasing: block[(index * stride)..<((index + 1) * stride)])
  }
}
