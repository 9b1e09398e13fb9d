import Foundation
import Longtail

/// Synthetic images that cost a decoder about as much as photographs: slopes, waves, edges and noise.
enum BenchPhotographs {
  private static let width = 500
  private static let height = 375

  /// Writes JPEG files into a folder and returns its name as a list.
  static func write(_ count: Int, to folder: String) throws -> [String] {
    let place = folder + "/images"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    for number in 0..<count {
      let file = try ImageCodec.encodeJPEG(image(number), quality: 89)
      try Data(file).write(to: URL(fileURLWithPath: "\(place)/\(number).jpg"))
    }
    return [place]
  }

  private static func image(_ number: Int) -> PixelImage {
    var words = PhiloxStream(Philox4x32(seed: UInt64(number), purpose: .drawing), 1)
    let waves = (0..<6).map { index in
      let scale = Double(1 << index) / 60
      return (
        across: (words.nextDouble() - 0.5) * scale, down: (words.nextDouble() - 0.5) * scale,
        strength: 50 / Double(1 << index), shift: words.nextDouble() * 6.28
      )
    }
    let edge = (x: Int(words.next(below: 400)) + 50, y: Int(words.next(below: 275)) + 50)
    var pixels = [UInt8]()
    pixels.reserveCapacity(width * height * 3)
    for y in 0..<height {
      for x in 0..<width {
        var light = 120.0 + (x > edge.x && y > edge.y ? -45 : 20)
        for wave in waves {
          light += wave.strength * sin(wave.across * Double(x) + wave.down * Double(y) + wave.shift)
        }
        let noise = words.next()
        for channel in 0..<3 {
          let grain = Double(noise >> UInt32(channel * 8) & 31) - 16
          pixels.append(UInt8(min(max(light + grain + Double(channel * 12), 0), 255)))
        }
      }
    }
    return PixelImage(width: width, height: height, pixels: pixels)
  }
}

/// A folder that is removed with its contents when the object is released.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/longtail-bench-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
