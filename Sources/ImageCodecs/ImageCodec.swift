import CImageCodecs

/// Reads and writes JPEG and PNG.
///
/// All functions may be called from any thread. Every picture comes back as RGB, turned upright by its EXIF orientation (JPEG);
/// grey, palette, CMYK and 16-bit files are converted, transparent parts show the background.
public enum ImageCodec {
  /// Decodes a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - minimumShortSide: when given, a JPEG may be decoded at 1/2, 1/4 or 1/8 of its size (much faster), as long as its
  ///     shorter side keeps at least this many pixels.
  ///   - limits: what is refused as too large.
  ///   - background: what transparent parts show.
  /// - Throws: `ImageCodecError` with the path and the reason.
  public static func decode(
    contentsOf path: String, minimumShortSide: Int? = nil, limits: ImageLimits = .standard,
    background: RGBColor = .white
  ) throws -> PixelImage {
    let file = try FileBytes.read(path, limit: limits.fileBytes)
    return try decode(
      file, named: path, minimumShortSide: minimumShortSide, limits: limits, background: background)
  }

  /// Decodes a file that is already in memory; `name` stands in errors. Otherwise as `decode(contentsOf:)`.
  public static func decode(
    _ file: [UInt8], named name: String, minimumShortSide: Int? = nil, limits: ImageLimits = .standard,
    background: RGBColor = .white
  ) throws -> PixelImage {
    let format = try decodableFormat(of: file, name)
    var pixels = lt_image_pixels()
    var message = lt_image_message()
    let status =
      switch format {
      case .png:
        lt_png_decode(
          file, file.count, [background.red, background.green, background.blue], limits.inC, &pixels, &message)
      default:
        lt_jpeg_decode(
          file, file.count, UInt32(clamping: minimumShortSide ?? 0), limits.inC, &pixels, &message)
      }
    try check(status, message, name)
    defer { lt_image_free(pixels.bytes) }
    let (width, height) = (Int(pixels.width), Int(pixels.height))
    let bytes = Array(UnsafeBufferPointer(start: pixels.bytes, count: width * height * 3))
    let image = PixelImage(width: width, height: height, pixels: bytes)
    return format == .jpeg ? image.turned(ExifOrientation(ofJPEG: file)) : image
  }

  /// The size of a picture as it would be decoded in full, read from the header alone.
  ///
  /// - Throws: `ImageCodecError`; a file whose header is sound may still turn out damaged when it is decoded.
  public static func size(contentsOf path: String) throws -> (width: Int, height: Int) {
    // The header of nearly every file lies in its first part; a large profile or thumbnail may push it back.
    let head = try FileBytes.read(path, first: 1 << 16)
    if let size = try? size(head, named: path) { return size }
    return try size(FileBytes.read(path, limit: ImageLimits.standard.fileBytes), named: path)
  }

  /// The size of a picture in memory; see `size(contentsOf:)`.
  public static func size(_ file: [UInt8], named name: String) throws -> (width: Int, height: Int) {
    let format = try decodableFormat(of: file, name)
    var (width, height) = (UInt32(0), UInt32(0))
    var message = lt_image_message()
    let status =
      format == .png
      ? lt_png_size(file, file.count, &width, &height, &message)
      : lt_jpeg_size(file, file.count, &width, &height, &message)
    try check(status, message, name)
    let isSwapped = format == .jpeg && ExifOrientation(ofJPEG: file).swapsSides
    return isSwapped ? (Int(height), Int(width)) : (Int(width), Int(height))
  }

  /// Encodes a picture as PNG.
  ///
  /// - Parameters:
  ///   - image: the picture.
  ///   - compression: 0 (none) to 9 (smallest).
  public static func encodePNG(_ image: PixelImage, compression: Int = 6) throws -> [UInt8] {
    try encoded("PNG") { file, count, message in
      lt_png_encode(
        image.pixels, UInt32(clamping: image.width), UInt32(clamping: image.height), Int32(clamping: compression),
        &file, &count, &message)
    }
  }

  /// Encodes a picture as JPEG; from quality 90 on without colour subsampling.
  ///
  /// - Parameters:
  ///   - image: the picture.
  ///   - quality: 1 (smallest) to 100 (best).
  public static func encodeJPEG(_ image: PixelImage, quality: Int = 90) throws -> [UInt8] {
    try encoded("JPEG") { file, count, message in
      lt_jpeg_encode(
        image.pixels, UInt32(clamping: image.width), UInt32(clamping: image.height), Int32(clamping: quality), &file,
        &count, &message)
    }
  }

  private static func encoded(
    _ name: String,
    by encode: (inout UnsafeMutablePointer<UInt8>?, inout Int, inout lt_image_message) -> lt_image_status
  ) throws -> [UInt8] {
    var file: UnsafeMutablePointer<UInt8>?
    var count = 0
    var message = lt_image_message()
    try check(encode(&file, &count, &message), message, name)
    defer { lt_image_free(file) }
    return Array(UnsafeBufferPointer(start: file, count: count))
  }

  private static func decodableFormat(of file: [UInt8], _ name: String) throws -> ImageFormat {
    guard !file.isEmpty else { throw ImageCodecError(name: name, reason: .empty) }
    guard let format = ImageFormat(signatureOf: file) else {
      throw ImageCodecError(name: name, reason: .notAnImage)
    }
    guard format.isDecodable else { throw ImageCodecError(name: name, reason: .unsupportedFormat(format)) }
    return format
  }

  private static func check(_ status: lt_image_status, _ message: lt_image_message, _ name: String) throws {
    guard status != LT_IMAGE_OK else { return }
    let text = withUnsafeBytes(of: message.text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    let reason: ImageCodecError.Reason =
      switch status {
      case LT_IMAGE_TOO_LARGE: .tooLarge(text)
      case LT_IMAGE_OUT_OF_MEMORY: .outOfMemory
      case LT_IMAGE_UNSUPPORTED: .unsupportedForm(text)
      case LT_IMAGE_INVALID: .notEncodable(text)
      default: .corrupt(text)
      }
    throw ImageCodecError(name: name, reason: reason)
  }
}

extension ImageLimits {
  /// The limits as the C functions take them.
  fileprivate var inC: lt_image_limits {
    lt_image_limits(
      max_side: UInt32(clamping: max(side, 1)), max_pixels: UInt64(max(pixels, 1)),
      max_memory: UInt64(max(memory, 1)))
  }
}
