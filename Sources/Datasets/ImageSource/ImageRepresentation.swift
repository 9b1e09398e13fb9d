import ImageCodecs

/// The cheapest representation of an image that a source has, for a loader that crops and resizes it.
public enum ImageRepresentation {
  /// The bytes of an image file, in the buffer passed to `ImageSource.representation(at:in:)`.
  case file
  /// Decoded pixels in memory that another object owns.
  case pixels(BorrowedPixels)
  /// A decoded image.
  case image(PixelImage)
}

/// Pixels in memory that another object owns, RGB, row by row.
///
/// `@unchecked Sendable`: the memory is never written and lives as long as the owner.
public struct BorrowedPixels: @unchecked Sendable {
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
