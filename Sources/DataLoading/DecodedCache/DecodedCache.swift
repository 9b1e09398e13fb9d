import Datasets
import Foundation
import ImageCodecs
import Synchronization

/// Images of a source, decoded once at a fixed shorter edge, in one file: for data sets that fit on a disk but not in memory.
///
/// A cache belongs to the fingerprint of its source (see `DataDigest`: names, labels and contents) and to its policy; when either has
/// changed it is rebuilt. The file is renamed into place when it is complete.
public enum DecodedCache {
  /// How large a cache will be.
  public struct Plan: Sendable {
    /// Bytes of the file.
    public let fileBytes: Int
    /// Images in it.
    public let count: Int
    let layout: DecodedCacheLayout
  }

  /// Reads the headers of all images and says how large their cache will be.
  ///
  /// - Throws: `DataSourceError.unreadableImages` with the first ten files whose header cannot be read.
  public static func plan(
    for source: any ImageSource, policy: DecodedCachePolicy, workers: Int? = nil, progress: DataProgress? = nil
  ) throws -> Plan {
    try policy.validate()
    let count = source.count
    let sizes = Mutex([(width: Int, height: Int)](repeating: (1, 1), count: count))
    try forEach(count, workers, progress) { index in
      let full = try source.imageSize(at: index)
      let size = policy.size(width: full.width, height: full.height)
      sizes.withLock { $0[index] = size }
    }
    let layout = DecodedCacheLayout(
      shorterEdge: policy.shorterEdge, digest: try DataDigest.digest(of: source), sizes: sizes.withLock { $0 })
    return Plan(fileBytes: layout.fileBytes, count: count, layout: layout)
  }

  /// The cache at a path, if it was made from this source by this policy.
  public static func open(_ path: String, of source: any ImageSource, policy: DecodedCachePolicy) throws
    -> CachedImages?
  {
    guard let file = try DecodedCacheFile(path), file.layout.shorterEdge == policy.shorterEdge,
      file.layout.entries.count == source.count, try file.layout.digest == DataDigest.digest(of: source)
    else { return nil }
    return CachedImages(base: source, policy: policy, file: file)
  }

  /// The cache at a path; built when it is missing or belongs to other images or another policy.
  ///
  /// - Parameters:
  ///   - path: the cache file.
  ///   - source: the images.
  ///   - policy: what is cached of each image.
  ///   - workers: number of threads; by default one per processor core.
  ///   - plan: the plan, where it has been made already.
  ///   - progress: called repeatedly with the number of finished images.
  /// - Throws: `DataSourceError.tooLittleDisk` before any work; `.unreadableImages` after every image was tried; `.unwritable`. What was at
  ///   the path before is then still there.
  public static func openOrMake(
    _ path: String, of source: any ImageSource, policy: DecodedCachePolicy, workers: Int? = nil, plan: Plan? = nil,
    progress: DataProgress? = nil
  ) throws -> CachedImages {
    if let cache = try open(path, of: source, policy: policy) { return cache }
    let layout = try (plan ?? self.plan(for: source, policy: policy, workers: workers)).layout
    let free = try freeBytes(beside: path)
    guard layout.fileBytes <= free else {
      throw DataSourceError.tooLittleDisk(path: path, needed: layout.fileBytes, free: free)
    }
    try make(path, layout, source, policy, workers, progress)
    guard let file = try DecodedCacheFile(path), file.layout == layout else {
      throw DataSourceError.unreadable(path: path, reason: "the cache was changed while it was made")
    }
    return CachedImages(base: source, policy: policy, file: file)
  }

  private static func make(
    _ path: String, _ layout: DecodedCacheLayout, _ source: any ImageSource, _ policy: DecodedCachePolicy,
    _ workers: Int?, _ progress: DataProgress?
  ) throws {
    let partial = "\(path).partial-\(getpid())"
    let file = Foundation.open(partial, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw unwritable(path) }
    var isDone = false
    defer {
      close(file)
      if !isDone { unlink(partial) }
    }
    guard ftruncate(file, off_t(layout.fileBytes)) == 0 else { throw unwritable(path) }
    try layout.front.withUnsafeBufferPointer { try write($0, to: file, at: 0, path) }
    let renderers = RendererPool(source)
    try forEach(layout.entries.count, workers, progress) { index in
      let entry = layout.entries[index]
      try renderers.withRenderer { renderer in
        try renderer.render(index, shorterEdge: policy.shorterEdge) { pixels, width, height in
          guard width == entry.width, height == entry.height else {
            throw DataSourceError.unreadable(path: source.name(at: index), reason: "the file was changed meanwhile")
          }
          try write(UnsafeBufferPointer(rebasing: pixels[..<entry.byteCount]), to: file, at: entry.offset, path)
        }
      }
    }
    guard fsync(file) == 0, rename(partial, path) == 0 else { throw unwritable(path) }
    isDone = true
  }

  /// Does all items, then fails with those that failed.
  private static func forEach(
    _ count: Int, _ workers: Int?, _ progress: DataProgress?, _ body: @Sendable (Int) throws -> Void
  ) throws {
    let failures = Mutex<[(index: Int, error: any Error)]>([])
    WorkerPool.forEach(count, workers: workers ?? WorkerPool.defaultWorkers, progress: progress) { index in
      do {
        try body(index)
      } catch {
        failures.withLock { $0.append((index, error)) }
      }
    }
    let failed = failures.withLock { $0.sorted { $0.index < $1.index } }
    // A full disk is not the fault of the images.
    if let other = failed.first(where: { !($0.error is ImageCodecError) }) { throw other.error }
    guard failed.isEmpty else {
      throw DataSourceError.unreadableImages(
        count: failed.count, total: count, examples: failed.prefix(10).map { String(describing: $0.error) })
    }
  }

  private static func write(_ bytes: UnsafeBufferPointer<UInt8>, to file: Int32, at offset: Int, _ path: String) throws
  {
    var position = 0
    while position < bytes.count {
      let written = pwrite(
        file, bytes.baseAddress.map { $0 + position }, bytes.count - position, off_t(offset + position))
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw unwritable(path) }
      position += written
    }
  }

  private static func unwritable(_ path: String) -> DataSourceError {
    .unwritable(path: path, reason: String(cString: strerror(errno)))
  }

  private static func freeBytes(beside path: String) throws -> Int {
    let folder = (path as NSString).deletingLastPathComponent
    var status = statvfs()
    guard statvfs(folder.isEmpty ? "." : folder, &status) == 0 else { throw unwritable(path) }
    return Int(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
  }
}

/// Renderers that are handed from item to item, so that there are only as many as threads.
///
/// `@unchecked Sendable`: the list is guarded, and a renderer is in the list or with one thread.
private final class RendererPool: @unchecked Sendable {
  private let source: any ImageSource
  private let lock = LoaderLock()
  private var renderers: [CropRenderer] = []

  init(_ source: any ImageSource) { self.source = source }

  func withRenderer<Result>(_ body: (CropRenderer) throws -> Result) rethrows -> Result {
    let renderer = lock.withLock { renderers.popLast() } ?? CropRenderer(source)
    defer { lock.withLock { renderers.append(renderer) } }
    return try body(renderer)
  }
}
