extension PixelImage {
  /// The image at another size: antialiased bilinear resampling.
  ///
  /// Each axis is filtered by a triangle as wide as two output pixels (or two input pixels when enlarging), rows first, in fixed
  /// point; the same input gives the same bytes everywhere.
  ///
  /// - Precondition: both sides are positive.
  /// - Source: equals Pillow's `Image.resize(size, BILINEAR)` (to the bit where Pillow also filters rows first).
  public func resized(toWidth newWidth: Int, height newHeight: Int) -> PixelImage {
    precondition(newWidth > 0 && newHeight > 0, "an image has at least one pixel")
    if newWidth == width && newHeight == height { return self }
    let count = newWidth * newHeight * 3
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
      pixels.withUnsafeBufferPointer { source in
        PixelResampler().resample(
          source, PixelRegion(x: 0, y: 0, width: width, height: height),
          columns: ResampledAxis(whole: width, outputs: newWidth),
          rows: ResampledAxis(whole: height, outputs: newHeight), into: target)
      }
      initialized = count
    }
    return PixelImage(width: newWidth, height: newHeight, pixels: bytes)
  }

  /// The image scaled so that its shorter edge has `side` pixels and the longer one keeps the proportion (rounded down).
  ///
  /// - Precondition: `side` is positive.
  public func resizedShorterEdge(_ side: Int) -> PixelImage {
    let size = Self.size(width: width, height: height, shorterEdge: side)
    return resized(toWidth: size.width, height: size.height)
  }

  /// The size that `resizedShorterEdge` gives an image.
  public static func size(width: Int, height: Int, shorterEdge side: Int) -> (width: Int, height: Int) {
    width <= height
      ? (side, max(side * height / width, side)) : (max(side * width / height, side), side)
  }

  /// The middle square with sides of `side` pixels; where the image is shorter, its whole length.
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
  /// - Precondition: the rectangle lies inside the image.
  public func cropped(x: Int, y: Int, width newWidth: Int, height newHeight: Int) -> PixelImage {
    precondition(
      x >= 0 && y >= 0 && newWidth > 0 && newHeight > 0 && x + newWidth <= width && y + newHeight <= height,
      "the rectangle lies outside the image")
    if newWidth == width && newHeight == height { return self }
    var bytes = [UInt8]()
    bytes.reserveCapacity(newWidth * newHeight * 3)
    for row in y..<(y + newHeight) {
      let start = (row * width + x) * 3
      bytes += pixels[start..<(start + newWidth * 3)]
    }
    return PixelImage(width: newWidth, height: newHeight, pixels: bytes)
  }

  /// Where the middle begins when `margin` pixels are left over: half of them, ties to even.
  public static func centeredStart(_ margin: Int) -> Int {
    margin % 4 == 3 ? (margin + 1) / 2 : margin / 2
  }
}
