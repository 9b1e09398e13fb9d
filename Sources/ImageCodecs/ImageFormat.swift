/// The kind of an image file, told by its first bytes and never by its name.
public enum ImageFormat: String, Sendable, Hashable, Codable, CaseIterable {
  /// JPEG: read and written.
  case jpeg = "JPEG"
  /// PNG: read and written.
  case png = "PNG"
  /// GIF: recognised, not read.
  case gif = "GIF"
  /// Windows bitmap: recognised, not read.
  case bmp = "BMP"
  /// WebP: still pictures are read.
  case webp = "WebP"
  /// TIFF: recognised, not read.
  case tiff = "TIFF"
  /// HEIF, HEIC and AVIF: recognised, not read.
  case heif = "HEIF"

  /// Whether `ImageCodec` can decode this kind.
  public var isDecodable: Bool { self == .jpeg || self == .png || self == .webp }

  /// The bytes that a signature may have; more tell nothing new.
  public static let signatureLength = 12

  /// Recognises the kind by the signature at the start of the file; `nil` when no signature fits.
  public init?(signatureOf bytes: some Collection<UInt8>) {
    let head = Array(bytes.prefix(Self.signatureLength))
    func has(_ signature: [UInt8], at offset: Int = 0) -> Bool { head.dropFirst(offset).starts(with: signature) }
    if has([0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if has([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if has(Array("GIF8".utf8)) {
      self = .gif
    } else if has(Array("RIFF".utf8)), has(Array("WEBP".utf8), at: 8) {
      self = .webp
    } else if has([0x49, 0x49, 0x2A, 0x00]) || has([0x4D, 0x4D, 0x00, 0x2A]) {
      self = .tiff
    } else if has(Array("ftyp".utf8), at: 4) {
      self = .heif
    } else if has(Array("BM".utf8)) {
      self = .bmp
    } else {
      return nil
    }
  }
}
