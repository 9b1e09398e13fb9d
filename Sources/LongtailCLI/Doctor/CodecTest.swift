import Longtail

/// Whether pictures can be written and read back.
enum CodecTest {
  /// The kinds of files that can be read.
  static var decodedFormats: [String] { ImageFormat.allCases.filter(\.isDecodable).map(\.rawValue) }

  /// Writes and reads a small picture in each kind.
  ///
  /// - Throws: `ImageCodecError` from the codec, or `CodecMismatch` if another picture came back.
  static func run() throws {
    let image = PixelImage(width: 8, height: 8, color: RGBColor(red: 200, green: 100, blue: 50))
    let png = try ImageCodec.decode(ImageCodec.encodePNG(image), named: "PNG test picture")
    guard png == image else { throw CodecMismatch(format: "PNG") }
    let jpeg = try ImageCodec.decode(ImageCodec.encodeJPEG(image, quality: 95), named: "JPEG test picture")
    // JPEG loses a little, never this much.
    let isNear = zip(jpeg.pixels, image.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 12 }
    guard jpeg.width == 8, jpeg.height == 8, isNear else { throw CodecMismatch(format: "JPEG") }
  }
}

/// A picture that did not survive writing and reading.
struct CodecMismatch: Error, CustomStringConvertible {
  let format: String

  var description: String {
    "a \(format) picture came back changed; install the system's \(format == "PNG" ? "libpng" : "libjpeg") again"
  }
}
