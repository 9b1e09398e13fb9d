import Datasets
import FileAccess
import ImageCodecs

/// A cache file that is open for reading, from any thread.
///
/// It is read, not mapped: when another program cuts the file, reads give an error, while touching a map would end the process.
final class DecodedCacheFile: Sendable {
  let layout: DecodedCacheLayout
  private let file: InputFile

  /// Bytes that readers of pixels may touch behind the last one.
  private static let room = 64

  /// Opens a file; nil when there is none, or it is no sound cache.
  ///
  /// - Throws: `DataSourceError.unreadable` for what is no regular file, or cannot be read.
  init?(_ path: String) throws {
    do {
      let file = try InputFile(path)
      guard let layout = try DecodedCacheLayout(of: file) else { return nil }
      (self.file, self.layout) = (file, layout)
    } catch let error as InputFileError {
      if case .missing = error.reason { return nil }
      throw DataSourceError.unreadable(path: path, reason: error.explanation)
    }
  }

  /// The size of an image.
  func size(at index: Int) -> (width: Int, height: Int) { (layout.entries[index].width, layout.entries[index].height) }

  /// The pixels of an image, read into a buffer.
  ///
  /// - Throws: `ImageCodecError` with the path of the cache, for instance when the file has become shorter.
  func image(at index: Int, in buffer: ByteBuffer) throws -> BorrowedPixels {
    let entry = layout.entries[index]
    buffer.name = file.path
    buffer.resize(to: entry.byteCount + Self.room)
    let target = UnsafeMutableRawBufferPointer(
      rebasing: UnsafeMutableRawBufferPointer(buffer.bytes)[..<entry.byteCount])
    let count: Int
    do {
      count = try file.read(at: entry.offset, into: target)
    } catch {
      throw ImageCodecError(name: file.path, reason: .unreadable(error.explanation))
    }
    guard count == entry.byteCount else {
      let text = "the cache of decoded images has become shorter while it is in use; it is made anew at the next start"
      throw ImageCodecError(name: file.path, reason: .unreadable(text))
    }
    return BorrowedPixels(
      width: entry.width, height: entry.height, bytes: UnsafeBufferPointer(rebasing: buffer.bytes[..<entry.byteCount]),
      owner: buffer)
  }
}
