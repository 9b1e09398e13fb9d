import ImageCodecs
import Torch

/// Images side by side in one large image, to inspect an augmentation.
public struct ContactSheet {
  /// White pixels between images.
  private static let gap = 4
  /// Small images are enlarged by whole factors to about this many pixels.
  private static let wantedSide = 96

  private let columns: [[UInt8]]
  private let rows: Int
  private let side: (height: Int, width: Int)

  /// Augmented images as a network gets them: the originals in the first column, then one
  /// column per draw.
  ///
  /// - Parameters:
  ///   - images: uint8 `[rows, height, width, 3]`.
  ///   - labels: the classes, int64 `[rows]`, for mixing.
  ///   - augmentation: the transforms.
  ///   - draws: the number of columns beside the first; the draws of steps 0, 1, ....
  ///   - seed: the run's seed.
  ///   - normalization: of the network's inputs; it is undone, and what leaves 0...255 is limited.
  public init(
    of images: Tensor, labels: Tensor, augmentation: Augmentation, draws: Int, seed: UInt64,
    normalization: Normalization
  ) throws {
    let count = images.shape[0]
    let places = try Tensor.range(0, count, on: images.device)
    let changed = try (0..<draws).map { step in
      let counter = try Tensor(scalar: step, on: images.device)
      let images = try augmentation(images, places: places, step: counter, seed: seed, normalization: normalization)
      return try normalization.undone(
        augmentation.mix(images, labels: labels, places: places, step: counter, seed: seed).images)
    }
    let size = changed.first?.shape ?? images.shape
    // A resized crop may have another size.
    let originals = try BatchResizing(height: size[1], width: size[2])(images)
    columns = try ([originals] + changed).map { try $0.contiguous().values(as: UInt8.self) }
    rows = count
    side = (size[1], size[2])
  }

  /// The sheet as one image.
  public var image: PixelImage {
    let scale = max(1, Self.wantedSide / max(side.height, side.width))
    let (height, width) = (side.height * scale, side.width * scale)
    let total = (
      height: rows * (height + Self.gap) + Self.gap, width: columns.count * (width + Self.gap) + Self.gap
    )
    var pixels = [UInt8](repeating: 255, count: total.height * total.width * 3)
    for (column, bytes) in columns.enumerated() {
      let left = Self.gap + column * (width + Self.gap)
      for row in 0..<rows {
        let top = Self.gap + row * (height + Self.gap)
        for y in 0..<height {
          for x in 0..<width {
            let source = ((row * side.height + y / scale) * side.width + x / scale) * 3
            let target = ((top + y) * total.width + left + x) * 3
            for channel in 0..<3 { pixels[target + channel] = bytes[source + channel] }
          }
        }
      }
    }
    return PixelImage(width: total.width, height: total.height, pixels: pixels)
  }
}
