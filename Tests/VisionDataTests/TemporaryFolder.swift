import Foundation
import ImageCodecs

/// A folder that goes away with its owner.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/longtail-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, with the folders above it.
  func write(_ bytes: [UInt8], to name: String) throws {
    let url = URL(fileURLWithPath: path + "/" + name)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }

  func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

  /// Writes a small PNG whose colour is made from `tone`, so that files of different tone differ.
  func writeImage(_ name: String, tone: Int = 0, width: Int = 6, height: Int = 4) throws {
    let color = RGBColor(red: UInt8(tone % 256), green: UInt8(tone / 256 % 256), blue: 7)
    try write(ImageCodec.encodePNG(PixelImage(width: width, height: height, color: color)), to: name)
  }

  /// Makes a link; `target` may be relative to the folder of the link.
  func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: path + "/" + name, withDestinationPath: target)
  }

  func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(atPath: path + "/" + name, withIntermediateDirectories: true)
  }
}
