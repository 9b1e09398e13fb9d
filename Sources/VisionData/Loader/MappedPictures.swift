import Foundation

/// A cache file mapped into memory; pages are read when they are touched.
///
/// `@unchecked Sendable`: the memory is never written and lives as long as the object.
final class MappedPictures: @unchecked Sendable {
  let layout: DecodedCacheLayout
  private let start: UnsafeMutableRawPointer
  private let count: Int

  /// Maps a file; nil when there is none, or it is no sound cache.
  init?(_ path: String) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else { return nil }
    let count = Int(status.st_size)
    guard let start = mmap(nil, count, PROT_READ, MAP_SHARED, file, 0), start != MAP_FAILED else { return nil }
    guard let layout = DecodedCacheLayout(of: UnsafeRawBufferPointer(start: start, count: count)) else {
      munmap(start, count)
      return nil
    }
    (self.layout, self.start, self.count) = (layout, start, count)
  }

  deinit { munmap(start, count) }

  /// The pixels of a picture.
  func picture(at index: Int) -> LentPixels {
    let entry = layout.entries[index]
    let bytes = UnsafeRawBufferPointer(start: start + entry.offset, count: entry.byteCount)
    return LentPixels(
      width: entry.width, height: entry.height, bytes: bytes.assumingMemoryBound(to: UInt8.self), owner: self)
  }
}
