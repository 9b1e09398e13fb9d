extension PixelImage {
  /// The picture as it should be viewed, given how it is stored.
  func turned(_ orientation: ExifOrientation) -> PixelImage {
    let (right, bottom) = (width - 1, height - 1)
    switch orientation {
    case .topLeft: return self
    case .topRight: return gathered(width, height) { x, y in (right - x, y) }
    case .bottomRight: return gathered(width, height) { x, y in (right - x, bottom - y) }
    case .bottomLeft: return gathered(width, height) { x, y in (x, bottom - y) }
    case .leftTop: return gathered(height, width) { x, y in (y, x) }
    case .rightTop: return gathered(height, width) { x, y in (y, bottom - x) }
    case .rightBottom: return gathered(height, width) { x, y in (right - y, bottom - x) }
    case .leftBottom: return gathered(height, width) { x, y in (right - y, x) }
    }
  }

  /// A picture whose pixel `(x, y)` is this picture's pixel `source(x, y)`.
  private func gathered(_ newWidth: Int, _ newHeight: Int, source: (Int, Int) -> (Int, Int)) -> PixelImage {
    let bytes = [UInt8](unsafeUninitializedCapacity: pixels.count) { target, count in
      pixels.withUnsafeBufferPointer { stored in
        var position = 0
        for y in 0..<newHeight {
          for x in 0..<newWidth {
            let (column, row) = source(x, y)
            let start = (row * width + column) * 3
            for channel in 0..<3 { target[position + channel] = stored[start + channel] }
            position += 3
          }
        }
      }
      count = pixels.count
    }
    return PixelImage(width: newWidth, height: newHeight, pixels: bytes)
  }
}
