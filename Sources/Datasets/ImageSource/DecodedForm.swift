import ImageCodecs

/// The cheapest form in which a source can hand out an image to a worker that cuts a part out of it.
public enum DecodedForm {
  /// The bytes of an image file, in the buffer that was given.
  case file
  /// Decoded pixels in memory that is only lent.
  case pixels(LentPixels)
  /// A decoded image.
  case image(PixelImage)
}

/// Pixels in memory of someone else, RGB, row by row.
///
/// `@unchecked Sendable`: the memory is never written and lives as long as the owner.
public struct LentPixels: @unchecked Sendable {
  /// Columns.
  public let width: Int
  /// Rows.
  public let height: Int
  /// `height * width * 3` bytes.
  public let bytes: UnsafeBufferPointer<UInt8>
  /// Keeps the memory alive.
  public let owner: AnyObject

  /// Wraps memory that `owner` keeps alive.
  ///
  /// - Precondition: there are bytes for all pixels.
  public init(width: Int, height: Int, bytes: UnsafeBufferPointer<UInt8>, owner: AnyObject) {
    precondition(width > 0 && height > 0 && bytes.count >= width * height * 3, "pixels are missing")
    (self.width, self.height, self.bytes, self.owner) = (width, height, bytes, owner)
  }
}
