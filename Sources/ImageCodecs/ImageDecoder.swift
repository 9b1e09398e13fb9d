import CImageCodecs

/// A reusable decoder of image files, which writes whole images or regions into memory of the caller.
///
/// It reuses its buffers, so each worker thread should keep one decoder. Not thread-safe.
///
/// ```swift
/// let decoder = ImageDecoder()
/// let header = try decoder.open(file, named: path)
/// try decoder.read(region, at: .full, into: pixels)
/// ```
public final class ImageDecoder {
  private let decoder: OpaquePointer?
  private let storedPixels = ByteBuffer()
  private var header: ImageHeader?
  private var name = ""
  /// Options of decoding.
  public var options: DecodingOptions

  /// A decoder for any number of files.
  public init(_ options: DecodingOptions = DecodingOptions()) {
    decoder = lt_decoder_create()
    self.options = options
  }

  deinit { lt_decoder_destroy(decoder) }

  /// Reads the header of a file; a size beyond the limits is refused.
  ///
  /// - Parameters:
  ///   - file: the whole file; it must stay in memory until the image has been read.
  ///   - name: the name in errors.
  /// - Throws: `ImageCodecError`.
  @discardableResult
  public func open(_ file: UnsafeBufferPointer<UInt8>, named name: String) throws -> ImageHeader {
    try openPart(file, named: name).header
  }

  /// Like `open`, but `file` may be only the first part of a file; then the orientation may be uncertain.
  func openPart(
    _ file: UnsafeBufferPointer<UInt8>, named name: String
  ) throws -> (header: ImageHeader, isCertain: Bool) {
    self.name = name
    header = nil
    let format = try Self.decodableFormat(of: file, name)
    var info = lt_image_info()
    var message = lt_image_message()
    try check(lt_decoder_open(decoder, file.baseAddress, file.count, &info, &message), message, name)
    let orientation = ExifOrientation(rawValue: info.orientation) ?? .topLeft
    let sides = (Int(info.width), Int(info.height))
    let (width, height) = orientation.swapsSides ? (sides.1, sides.0) : sides
    let opened = ImageHeader(format: format, width: width, height: height, orientation: orientation)
    try checkLimits(opened)
    header = opened
    return (opened, info.is_certain != 0)
  }

  /// Decodes a region of the file that was opened last; once per opened file.
  ///
  /// The pixels equal those of the whole image. Decoding stops after the last row of the region; damage behind it is
  /// not detected.
  ///
  /// - Parameters:
  ///   - region: the region, in pixels of the upright image at the scale.
  ///   - scale: the scale; only JPEG supports others than `.full`.
  ///   - target: at least `region.byteCount` bytes.
  /// - Precondition: a file is open, the region is within the image at the scale, and the target is large enough.
  /// - Throws: `ImageCodecError` with the name and the reason.
  public func read(
    _ region: PixelRegion, at scale: DecodingScale, into target: UnsafeMutableBufferPointer<UInt8>
  ) throws {
    guard let header else { preconditionFailure("no file is open") }
    try checkLimits(region)
    self.header = nil
    let (width, height) = header.size(at: scale)
    precondition(region.fits(width: width, height: height), "the region lies outside the image")
    precondition(target.count >= region.byteCount, "the target is too small")
    let stored = header.orientation.stored(region, width: width, height: height)
    if header.orientation == .topLeft {
      return try read(stored, at: scale, plainly: target)
    }
    storedPixels.resize(to: region.byteCount)
    try read(stored, at: scale, plainly: storedPixels.bytes)
    lt_image_turn(
      storedPixels.bytes.baseAddress, UInt32(stored.width), UInt32(stored.height), header.orientation.rawValue,
      target.baseAddress)
  }

  /// Refuses regions that are too large before memory is allocated for them.
  package func checkLimits(_ region: PixelRegion) throws {
    guard region.byteCount <= options.limits.memory else {
      throw tooLarge("decoding needs \(region.byteCount) bytes of memory, but \(options.limits.memory) is the limit")
    }
  }

  /// Refuses images that are too large before their sizes are used in arithmetic.
  private func checkLimits(_ header: ImageHeader) throws {
    let limits = options.limits
    let size = "\(header.width) x \(header.height) pixels"
    guard max(header.width, header.height) <= limits.side else {
      throw tooLarge("\(size), but a side may have at most \(limits.side)")
    }
    let (pixels, isOver) = header.width.multipliedReportingOverflow(by: header.height)
    guard !isOver, pixels <= limits.pixels else {
      throw tooLarge("\(size), but an image may have at most \(limits.pixels)")
    }
  }

  private func tooLarge(_ text: String) -> ImageCodecError { ImageCodecError(name: name, reason: .tooLarge(text)) }

  private func read(
    _ region: PixelRegion, at scale: DecodingScale, plainly target: UnsafeMutableBufferPointer<UInt8>
  ) throws {
    let isFast: UInt8 = options.quality == .fast ? 1 : 0
    let color = options.background
    let request = lt_image_request(
      limits: options.limits.inC, eighths: UInt32(scale.rawValue), x: UInt32(region.x), y: UInt32(region.y),
      width: UInt32(region.width), height: UInt32(region.height), background: (color.red, color.green, color.blue),
      fast_upsampling: isFast, fast_transform: isFast)
    var message = lt_image_message()
    try check(lt_decoder_read(decoder, request, target.baseAddress, target.count, &message), message, name)
  }

  private static func decodableFormat(of file: UnsafeBufferPointer<UInt8>, _ name: String) throws -> ImageFormat {
    guard !file.isEmpty else { throw ImageCodecError(name: name, reason: .empty) }
    guard let format = ImageFormat(signatureOf: file) else {
      throw ImageCodecError(name: name, reason: ForeignContents(startOf: file).map { .foreign($0) } ?? .notAnImage)
    }
    guard format.isDecodable else { throw ImageCodecError(name: name, reason: .unsupportedFormat(format)) }
    return format
  }
}

/// Throws the error of a C status.
func check(_ status: lt_image_status, _ message: lt_image_message, _ name: String) throws {
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
