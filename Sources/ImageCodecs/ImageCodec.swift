import CImageCodecs

/// Decodes JPEG, PNG, WebP, BMP, PPM and GIF, and encodes JPEG and PNG.
///
/// All functions are thread-safe. Decoded images are RGB and upright by their EXIF orientation; grey, palette, CMYK and
/// 16-bit files are converted, transparent pixels are blended with a background. To decode many files, reuse an
/// ``ImageDecoder``.
public enum ImageCodec {
  /// Decodes a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - minimumShorterEdge: if given, a JPEG may be decoded at 1/2, 1/4 or 1/8 of its size (much faster), as long as
  ///     its shorter edge has at least this many pixels.
  ///   - limits: larger images are refused.
  ///   - background: the background of transparent pixels.
  /// - Throws: `ImageCodecError` with the path and the reason.
  public static func decode(
    contentsOf path: String, minimumShorterEdge: Int? = nil, limits: ImageLimits = .standard,
    background: RGBColor = .white
  ) throws -> PixelImage {
    let buffer = ByteBuffer()
    try buffer.read(path, limit: limits.fileBytes)
    let options = DecodingOptions(limits: limits, background: background)
    return try decode(UnsafeBufferPointer(buffer.bytes), path, minimumShorterEdge, options)
  }

  /// Decodes a file in memory, whose name in errors is `name`; otherwise like `decode(contentsOf:)`.
  public static func decode(
    _ file: [UInt8], named name: String, minimumShorterEdge: Int? = nil, limits: ImageLimits = .standard,
    background: RGBColor = .white
  ) throws -> PixelImage {
    let options = DecodingOptions(limits: limits, background: background)
    return try file.withUnsafeBufferPointer { try decode($0, name, minimumShorterEdge, options) }
  }

  /// Decodes a region of a file in memory, possibly at a smaller scale.
  ///
  /// - Parameters:
  ///   - file: the whole file.
  ///   - name: the name in errors.
  ///   - region: the region, in pixels of the upright image at full size.
  ///   - minimumSize: if given, a JPEG may be decoded at 1/2, 1/4 or 1/8 of its size, as long as the region has at
  ///     least this size.
  ///   - options: options of decoding.
  /// - Throws: `ImageCodecError` with the name and the reason; `.outside` when the region is not within the image.
  public static func decode(
    _ file: [UInt8], named name: String, region: PixelRegion, minimumSize: (width: Int, height: Int)? = nil,
    options: DecodingOptions = DecodingOptions()
  ) throws -> DecodedRegion {
    try file.withUnsafeBufferPointer { bytes in
      let decoder = ImageDecoder(options)
      let header = try decoder.open(bytes, named: name)
      guard region.fits(width: header.width, height: header.height) else {
        throw ImageCodecError(name: name, reason: .outside(region, width: header.width, height: header.height))
      }
      let scale =
        minimumSize.map { header.scale(keeping: $0, ofWidth: region.width, height: region.height) } ?? .full
      let columns = header.scaledColumns(region.columns, at: scale)
      let rows = header.scaledRows(region.rows, at: scale)
      let (x, y) = (Int(columns.start.rounded(.down)), Int(rows.start.rounded(.down)))
      let part = PixelRegion(
        x: x, y: y, width: Int((columns.start + columns.length).rounded(.up)) - x,
        height: Int((rows.start + rows.length).rounded(.up)) - y)
      return DecodedRegion(image: try image(part, at: scale, of: decoder), scale: scale, x: x, y: y)
    }
  }

  private static func decode(
    _ file: UnsafeBufferPointer<UInt8>, _ name: String, _ minimumShorterEdge: Int?, _ options: DecodingOptions
  ) throws -> PixelImage {
    let decoder = ImageDecoder(options)
    let header = try decoder.open(file, named: name)
    let scale = header.scale(keepingShorterEdge: minimumShorterEdge)
    let (width, height) = header.size(at: scale)
    return try image(PixelRegion(x: 0, y: 0, width: width, height: height), at: scale, of: decoder)
  }

  /// Decodes into the array of an image, which is only allocated if the limits allow its size.
  private static func image(
    _ region: PixelRegion, at scale: DecodingScale, of decoder: ImageDecoder
  ) throws -> PixelImage {
    try decoder.checkLimits(region)
    let bytes = try [UInt8](unsafeUninitializedCapacity: region.byteCount) { target, count in
      try decoder.read(region, at: scale, into: target)
      count = region.byteCount
    }
    return PixelImage(width: region.width, height: region.height, pixels: bytes)
  }

  /// The size of the upright image, read from the header alone.
  ///
  /// - Throws: `ImageCodecError`. A file with an intact header may still fail to decode.
  public static func size(contentsOf path: String) throws -> (width: Int, height: Int) {
    // The header of nearly every file is within its first 64 KiB; a large profile or thumbnail may precede it, and PNG
    // and WebP may store the orientation at the end.
    let head = try FileBytes.read(path, first: 1 << 16)
    if let (header, isCertain) = try? head.withUnsafeBufferPointer({ try ImageDecoder().openPart($0, named: path) }),
      isCertain
    {
      return (header.width, header.height)
    }
    return try size(FileBytes.read(path, limit: ImageLimits.standard.fileBytes), named: path)
  }

  /// The size of an image in memory; see `size(contentsOf:)`.
  public static func size(_ file: [UInt8], named name: String) throws -> (width: Int, height: Int) {
    let header = try file.withUnsafeBufferPointer { try ImageDecoder().open($0, named: name) }
    return (header.width, header.height)
  }

  /// Encodes an image as PNG.
  ///
  /// - Parameters:
  ///   - image: the image.
  ///   - compression: 0 (none) to 9 (smallest).
  public static func encodePNG(_ image: PixelImage, compression: Int = 6) throws -> [UInt8] {
    try encoded("PNG") { file, count, message in
      lt_png_encode(
        image.pixels, UInt32(clamping: image.width), UInt32(clamping: image.height), Int32(clamping: compression),
        &file, &count, &message)
    }
  }

  /// Encodes an image as JPEG; from quality 90 on without chroma subsampling.
  ///
  /// - Parameters:
  ///   - image: the image.
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
}
