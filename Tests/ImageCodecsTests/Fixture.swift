import Foundation
import ImageCodecs

/// The image files made by `Fixtures/generators/make_images.py`.
enum Fixture {
  static func path(_ name: String) -> String { Bundle.module.bundlePath + "/images/" + name }

  static func bytes(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  /// The largest difference of any byte; `nil` when the sizes differ.
  static func largestDifference(_ one: [UInt8], _ other: [UInt8]) -> Int? {
    guard one.count == other.count else { return nil }
    return zip(one, other).map { abs(Int($0) - Int($1)) }.max()
  }

  static let photoNames =
    ["444", "422", "420", "best", "worst", "optimal", "progressive", "restart", "grey", "turned"].map { "photo-" + $0 }
  static let jpegNames =
    ["rgb", "subsampled", "progressive", "grey", "cmyk", "ycck", "dot", "orientation-big-endian"]
    + (1...8).map { "orientation-\($0)" } + photoNames
  static let pngNames = [
    "rgb", "grey", "bits", "palette", "interlaced", "alpha", "palette-clear", "deep", "noise", "turned-front",
    "turned-behind",
  ]
  static let webpNames = ["photo", "photo-lossless", "alpha", "alpha-lossless", "turned"]
  static let allNames =
    jpegNames.map { $0 + ".jpg" } + pngNames.map { $0 + ".png" } + webpNames.map { $0 + ".webp" }
}
