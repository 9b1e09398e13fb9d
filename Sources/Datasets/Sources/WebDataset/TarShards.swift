import ImageCodecs
import Synchronization

/// Images in tar archives, as WebDataset packs them: for data that outgrow the number of files that a disk can hold.
///
/// The headers are read once, from start to end; then each image is read at its place, in any order and from any thread.
public struct TarShards: ImageSource {
  /// The archives, in order.
  public let files: [String]
  /// The names of the classes.
  public let classNames: [String]
  /// The class of each image, shard after shard.
  public let labels: [Int]
  /// Samples without an image; they were left out.
  public let imagelessCount: Int
  private let shards: [ShardIndex]
  /// The index of the first image of each shard.
  private let starts: [Int]
  private let open: ShardFiles

  /// Reads the headers and labels of shards, several at a time; no image is decoded.
  ///
  /// - Parameters:
  ///   - files: the archives.
  ///   - classNames: the names of the classes in index order, when they are known; a stated class is a name or an index. Without them
  ///     names are in byte-wise order, and numbers are indices or identifiers as in `ImageTable`.
  ///   - workers: number of threads; by default one per processor core.
  /// - Throws: `DataSourceError.malformed` with shard and byte, `.emptyList` if there is no image.
  public init(files: [String], classNames: [String]? = nil, workers: Int? = nil) throws {
    let shards = try Self.index(files, workers: workers ?? WorkerPool.defaultWorkers)
    var texts = ClassTexts()
    var positions: [Int] = []
    for shard in shards {
      for text in shard.classes {
        positions.append(Array(text.utf8).withUnsafeBufferPointer { texts.position(of: $0) } ?? 0)
      }
    }
    guard let first = files.first, !positions.isEmpty else {
      throw DataSourceError.emptyList(file: files.first ?? "the list of shards")
    }
    let (names, labelOfText) = try texts.order(stated: classNames, place: first)
    self.files = files
    self.classNames = names
    labels = positions.map { labelOfText[$0] }
    imagelessCount = shards.map(\.imagelessCount).reduce(0, +)
    var start = 0
    starts = shards.map { shard in
      defer { start += shard.offsets.count }
      return start
    }
    self.shards = shards.map { shard in
      var index = shard
      index.dropClasses()
      return index
    }
    open = ShardFiles(files)
  }

  private static func index(_ files: [String], workers: Int) throws -> [ShardIndex] {
    let results = Mutex([Result<ShardIndex, any Error>?](repeating: nil, count: files.count))
    WorkerPool.forEach(files.count, workers: workers) { index in
      let result = Result { try ShardIndex(files[index]) }
      results.withLock { $0[index] = result }
    }
    return try results.withLock { try $0.compactMap { try $0?.get() } }
  }

  private func place(of index: Int) -> (shard: Int, index: Int) {
    var (low, high) = (0, starts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= index { low = middle } else { high = middle }
    }
    // An empty shard has the start of the next one; the last of equal starts holds the image.
    return (low, index - starts[low])
  }

  /// False.
  public var isResident: Bool { false }

  /// The archive's file name and the path in it.
  public func name(at index: Int) -> String {
    let (shard, place) = place(of: index)
    return PathTable.lastPart(of: files[shard]) + ":" + shards[shard].names[place]
  }

  /// Reads and decodes the member.
  public func image(at index: Int, minimumShorterEdge: Int?) throws -> PixelImage {
    try ImageCodec.decode(contents(at: index), named: fullName(at: index), minimumShorterEdge: minimumShorterEdge)
  }

  /// Decodes what was read of the member.
  public func image(from contents: [UInt8], at index: Int) throws -> PixelImage {
    try ImageCodec.decode(contents, named: fullName(at: index))
  }

  /// Reads the header of the image.
  public func imageSize(at index: Int) throws -> (width: Int, height: Int) {
    let (shard, place) = place(of: index)
    let size = Int(shards[shard].sizes[place])
    let head = try open.read(min(size, 1 << 16), at: shards[shard].offsets[place], of: shard)
    if let found = try? ImageCodec.size(head, named: fullName(at: index)) { return found }
    return try ImageCodec.size(contents(at: index), named: fullName(at: index))
  }

  /// The bytes of the member.
  public func contents(at index: Int) throws -> [UInt8] {
    let (shard, place) = place(of: index)
    let size = try contentSize(at: index)
    let bytes = try open.read(size, at: shards[shard].offsets[place], of: shard)
    guard bytes.count == size else {
      let text = "the shard has become shorter; \(bytes.count) of \(size) bytes are there"
      throw ImageCodecError(name: fullName(at: index), reason: .unreadable(text))
    }
    return bytes
  }

  /// The archive, and the bytes of the member in it.
  public func location(at index: Int) -> ImageLocation? {
    let (shard, place) = place(of: index)
    let start = shards[shard].offsets[place]
    return ImageLocation(path: files[shard], part: start..<start + Int(shards[shard].sizes[place]))
  }

  /// The size of the member.
  public func contentSize(at index: Int) throws -> Int {
    let (shard, place) = place(of: index)
    let size = Int(shards[shard].sizes[place])
    guard size <= ImageLimits.standard.fileBytes else {
      let text = "the file has \(size) bytes, but \(ImageLimits.standard.fileBytes) is the limit"
      throw ImageCodecError(name: fullName(at: index), reason: .tooLarge(text))
    }
    return size
  }

  /// Bytes of memory for the index.
  public var storedBytes: Int {
    shards.map { $0.names.storedBytes + 12 * $0.offsets.count }.reduce(0, +) + MemoryLayout<Int>.stride * labels.count
  }

  private func fullName(at index: Int) -> String {
    let (shard, place) = place(of: index)
    return files[shard] + ":" + shards[shard].names[place]
  }
}
