import DataLoading
import Datasets
import Foundation
import ImageCodecs
import LongtailTestSupport

/// A folder with small drawn photographs in two classes, JPEG and PNG, of several sizes.
struct LoaderFixture {
  let folder: TemporaryFolder
  let images: ImageFolder

  /// - Parameter damaged: the indices of files that are cut short.
  init(count: Int = 20, damaged: Set<Int> = [], scale: Int = 1) throws {
    folder = try TemporaryFolder()
    for index in 0..<count {
      let image = Self.image(index, width: (50 + index * 7 % 40) * scale, height: (40 + index * 5 % 30) * scale)
      let isPNG = index % 5 == 4
      let file = try isPNG ? ImageCodec.encodePNG(image) : ImageCodec.encodeJPEG(image, quality: 80)
      let name = (index < count / 2 ? "a/" : "b/") + "\(100 + index)." + (isPNG ? "png" : "jpg")
      try folder.write(damaged.contains(index) ? Array(file.prefix(file.count / 4)) : file, to: name)
    }
    images = try ImageFolder(root: folder.path)
  }

  static func image(_ number: Int, width: Int, height: Int) -> PixelImage {
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let wave = sin(Double(x * (number + 1)) / 9) * 60 + cos(Double(y * (number + 2)) / 7) * 50
        for channel in 0..<3 { pixels.append(UInt8(min(max(120 + wave + Double(channel * 20 - x), 0), 255))) }
      }
    }
    return PixelImage(width: width, height: height, pixels: pixels)
  }

  /// Everything that a loader gives for a plan.
  func batches(_ settings: LoaderSettings, _ plan: [PlannedBatch], of source: (any ImageSource)? = nil) throws
    -> [(step: UInt64, pixels: [UInt8], indices: [Int])]
  {
    let loader = try ImageLoader(source ?? images, settings, plan: plan)
    var result: [(UInt64, [UInt8], [Int])] = []
    while let batch = try loader.next() {
      result.append((batch.step, try batch.images.values(as: UInt8.self), batch.indices))
    }
    return result
  }
}
