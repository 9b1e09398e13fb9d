import Longtail

/// Whether images can be written and read back.
enum CodecTest {
  /// The kinds of files that can be read.
  static var decodedFormats: [String] { ImageFormat.allCases.filter(\.isDecodable).map(\.rawValue) }

  /// Writes and reads a small image in each kind.
  ///
  /// - Throws: `ImageCodecError` from the codec, or `CodecMismatch` if another image came back.
  static func run() throws {
    let image = PixelImage(width: 8, height: 8, color: RGBColor(red: 200, green: 100, blue: 50))
    let png = try ImageCodec.decode(ImageCodec.encodePNG(image), named: "PNG test image")
    guard png == image else { throw CodecMismatch(format: "PNG") }
    let jpeg = try ImageCodec.decode(ImageCodec.encodeJPEG(image, quality: 95), named: "JPEG test image")
    // JPEG loses a little, never this much.
    let isNear = zip(jpeg.pixels, image.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 12 }
    guard jpeg.width == 8, jpeg.height == 8, isNear else { throw CodecMismatch(format: "JPEG") }
    guard try ImageCodec.decode(webp, named: "WebP test image") == image else { throw CodecMismatch(format: "WebP") }
  }

  /// The same image as lossless WebP, which is not written here.
  private static let webp: [UInt8] = [
    0x52, 0x49, 0x46, 0x46, 0x1E, 0x00, 0x00, 0x00, 0x57, 0x45, 0x42, 0x50, 0x56, 0x50, 0x38, 0x4C, 0x11, 0x00, 0x00,
    0x00, 0x2F, 0x07, 0xC0, 0x01, 0x00, 0x07, 0x50, 0xB2, 0x22, 0x57, 0xA6, 0xFF, 0x81, 0x88, 0xE8, 0x7F, 0x00, 0x00,
  ]
}

/// An image that did not survive writing and reading.
struct CodecMismatch: Error, CustomStringConvertible {
  let format: String

  var description: String {
    "a \(format) image came back changed; install the system's \(library) again"
  }

  private var library: String {
    switch format {
    case "PNG": "libpng"
    case "WebP": "libwebp"
    default: "libjpeg"
    }
  }
}
