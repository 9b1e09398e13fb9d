/// The format of an image file, recognised by its first bytes, never by its name.
public enum ImageFormat: String, Sendable, Hashable, Codable, CaseIterable {
  /// JPEG: read and written.
  case jpeg = "JPEG"
  /// PNG: read and written.
  case png = "PNG"
  /// GIF: the first image is read.
  case gif = "GIF"
  /// Windows bitmap: read if it is not compressed.
  case bmp = "BMP"
  /// PBM, PGM and PPM: read.
  case netpbm = "PPM"
  /// WebP: still images are read.
  case webp = "WebP"
  /// TIFF: recognised, not read.
  case tiff = "TIFF"
  /// HEIF, as phones write it under the suffix HEIC: recognised, not read.
  case heif = "HEIC"
  /// AVIF: recognised, not read.
  case avif = "AVIF"
  /// JPEG 2000: recognised, not read.
  case jpeg2000 = "JPEG 2000"
  /// JPEG XL: recognised, not read.
  case jpegXL = "JPEG XL"
  /// Photoshop: recognised, not read.
  case photoshop = "Photoshop"

  /// Whether `ImageCodec` can decode this format.
  public var isDecodable: Bool {
    switch self {
    case .jpeg, .png, .gif, .bmp, .netpbm, .webp: true
    case .tiff, .heif, .avif, .jpeg2000, .jpegXL, .photoshop: false
    }
  }

  /// The formats that can be decoded, for messages.
  static var decodableNames: String {
    let names = allCases.filter(\.isDecodable).map(\.rawValue)
    return names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
  }

  /// The number of bytes that determine the format.
  public static let signatureLength = 12

  /// Recognises the format by the signature at the start of a file; `nil` if no signature matches.
  public init?(signatureOf bytes: some Collection<UInt8>) {
    let head = Array(bytes.prefix(Self.signatureLength))
    func has(_ signature: [UInt8], at offset: Int = 0) -> Bool { head.dropFirst(offset).starts(with: signature) }
    if has([0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if has([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if has(Array("GIF87a".utf8)) || has(Array("GIF89a".utf8)) {
      self = .gif
    } else if has(Array("RIFF".utf8)), has(Array("WEBP".utf8), at: 8) {
      self = .webp
    } else if has([0x49, 0x49, 0x2A, 0x00]) || has([0x4D, 0x4D, 0x00, 0x2A]) {
      self = .tiff
    } else if has(Array("ftyp".utf8), at: 4), let format = Self.brands[String(decoding: head[8...], as: UTF8.self)] {
      self = format
    } else if has([0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20]) || has([0xFF, 0x4F, 0xFF, 0x51]) {
      self = .jpeg2000
    } else if has([0xFF, 0x0A]) || has([0, 0, 0, 12, 0x4A, 0x58, 0x4C, 0x20]) {
      self = .jpegXL
    } else if has(Array("8BPS".utf8)) {
      self = .photoshop
    } else if has(Array("BM".utf8)), has([0, 0, 0, 0], at: 6) {
      // "BM" may also begin a text; in a bitmap the four reserved bytes are zero.
      self = .bmp
    } else if head.count > 2, has(Array("P".utf8)), (0x31...0x36).contains(head[1]), Self.separators.contains(head[2]) {
      self = .netpbm
    } else {
      return nil
    }
  }

  /// What may follow the two letters at the start of a Netpbm file: white space or a comment.
  private static let separators = Array(" \n\r\t#".utf8)

  /// Formats in the container of MP4, by brand.
  private static let brands: [String: ImageFormat] = [
    "heic": .heif, "heix": .heif, "heim": .heif, "heis": .heif, "hevc": .heif, "hevx": .heif, "mif1": .heif,
    "msf1": .heif, "avif": .avif, "avis": .avif,
  ]
}
