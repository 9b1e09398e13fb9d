extension PixelImage {
  /// The picture at another size: antialiased bilinear resampling.
  ///
  /// Each axis is filtered by a triangle as wide as two output pixels (or two input pixels when enlarging), rows first, in fixed
  /// point; the same input gives the same bytes everywhere.
  ///
  /// - Precondition: both sides are positive.
  /// - Source: equals Pillow's `Image.resize(size, BILINEAR)` (to the bit where Pillow also filters rows first).
  public func resized(toWidth newWidth: Int, height newHeight: Int) -> PixelImage {
    precondition(newWidth > 0 && newHeight > 0, "a picture has at least one pixel")
    let narrowed = newWidth == width ? self : resampledRows(toWidth: newWidth)
    return newHeight == height ? narrowed : narrowed.resampledColumns(toHeight: newHeight)
  }

  /// The picture scaled so that its shorter side has `side` pixels and the longer one keeps the proportion (rounded down).
  ///
  /// - Precondition: `side` is positive.
  public func resizedShortSide(_ side: Int) -> PixelImage {
    width <= height
      ? resized(toWidth: side, height: max(side * height / width, side))
      : resized(toWidth: max(side * width / height, side), height: side)
  }

  /// The middle square with sides of `side` pixels; where the picture is shorter, its whole length.
  ///
  /// An odd margin is split as in torchvision: the half pixel is rounded to the even start.
  public func centerCropped(_ side: Int) -> PixelImage {
    let (newWidth, newHeight) = (min(side, width), min(side, height))
    return cropped(
      x: Self.centeredStart(width - newWidth), y: Self.centeredStart(height - newHeight), width: newWidth,
      height: newHeight)
  }

  /// The rectangle of the given size whose upper left corner is at column `x` of row `y`.
  ///
  /// - Precondition: the rectangle lies inside the picture.
  public func cropped(x: Int, y: Int, width newWidth: Int, height newHeight: Int) -> PixelImage {
    precondition(
      x >= 0 && y >= 0 && newWidth > 0 && newHeight > 0 && x + newWidth <= width && y + newHeight <= height,
      "the rectangle lies outside the picture")
    if newWidth == width && newHeight == height { return self }
    var bytes = [UInt8]()
    bytes.reserveCapacity(newWidth * newHeight * 3)
    for row in y..<(y + newHeight) {
      let start = (row * width + x) * 3
      bytes += pixels[start..<(start + newWidth * 3)]
    }
    return PixelImage(width: newWidth, height: newHeight, pixels: bytes)
  }

  /// Half of the margin, ties to even.
  private static func centeredStart(_ margin: Int) -> Int {
    margin % 4 == 3 ? (margin + 1) / 2 : margin / 2
  }

  private static let rounding = Int32(1) << (ResizeWeights.fractionBits - 1)

  private static func byte(_ sum: Int32) -> UInt8 { UInt8(clamping: sum >> ResizeWeights.fractionBits) }

  private func resampledRows(toWidth newWidth: Int) -> PixelImage {
    let axis = ResizeWeights(from: width, to: newWidth)
    let bytes = [UInt8](unsafeUninitializedCapacity: newWidth * height * 3) { target, count in
      count = newWidth * height * 3
      pixels.withUnsafeBufferPointer { source in
        axis.weights.withUnsafeBufferPointer { weights in
          for y in 0..<height {
            for x in 0..<newWidth {
              var (red, green, blue) = (Self.rounding, Self.rounding, Self.rounding)
              var position = (y * width + axis.starts[x]) * 3
              for k in (x * axis.stride)..<(x * axis.stride + axis.counts[x]) {
                let weight = weights[k]
                red &+= weight &* Int32(source[position])
                green &+= weight &* Int32(source[position + 1])
                blue &+= weight &* Int32(source[position + 2])
                position += 3
              }
              let start = (y * newWidth + x) * 3
              target[start] = Self.byte(red)
              target[start + 1] = Self.byte(green)
              target[start + 2] = Self.byte(blue)
            }
          }
        }
      }
    }
    return PixelImage(width: newWidth, height: height, pixels: bytes)
  }

  private func resampledColumns(toHeight newHeight: Int) -> PixelImage {
    let axis = ResizeWeights(from: height, to: newHeight)
    let rowBytes = width * 3
    var sums = [Int32](repeating: 0, count: rowBytes)
    let bytes = [UInt8](unsafeUninitializedCapacity: rowBytes * newHeight) { target, count in
      count = rowBytes * newHeight
      sums.withUnsafeMutableBufferPointer { sums in
        pixels.withUnsafeBufferPointer { source in
          for y in 0..<newHeight {
            sums.update(repeating: Self.rounding)
            for k in 0..<axis.counts[y] {
              let weight = axis.weights[y * axis.stride + k]
              let start = (axis.starts[y] + k) * rowBytes
              for i in 0..<rowBytes { sums[i] &+= weight &* Int32(source[start + i]) }
            }
            for i in 0..<rowBytes { target[y * rowBytes + i] = Self.byte(sums[i]) }
          }
        }
      }
    }
    return PixelImage(width: width, height: newHeight, pixels: bytes)
  }
}
