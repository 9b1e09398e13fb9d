extension PixelImage {
  /// The image at another size, by bilinear resampling with antialiasing.
  ///
  /// Each axis is filtered by a triangle two output pixels wide (two input pixels when enlarging), rows first, in
  /// fixed-point arithmetic; results are the same on every machine.
  ///
  /// - Precondition: width and height are positive.
  /// - Source: equals Pillow's `Image.resize(size, BILINEAR)`, bit for bit where Pillow also filters rows first.
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

  /// The image resized so that its shorter edge has `length` pixels and the aspect ratio stays (the longer edge is
  /// rounded down), like torchvision's `Resize(length)`.
  ///
  /// - Precondition: `length` is positive.
  public func resizedShorterEdge(_ length: Int) -> PixelImage {
    let size = Self.size(width: width, height: height, shorterEdge: length)
    return resized(toWidth: size.width, height: size.height)
  }

  /// The size that `resizedShorterEdge` gives an image.
  public static func size(width: Int, height: Int, shorterEdge length: Int) -> (width: Int, height: Int) {
    width <= height
      ? (length, max(length * height / width, length)) : (max(length * width / height, length), length)
  }

  /// The centre crop of `size` x `size` pixels; an axis of the image that is shorter is not cropped.
  ///
  /// An odd margin is split as in torchvision: the half pixel is rounded to the even start.
  public func centerCropped(_ size: Int) -> PixelImage {
    let (newWidth, newHeight) = (min(size, width), min(size, height))
    return cropped(
      x: Self.centeredStart(width - newWidth), y: Self.centeredStart(height - newHeight), width: newWidth,
      height: newHeight)
  }

  /// The crop of the given size whose upper left corner is at column `x` of row `y`.
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

  /// The start of a centre crop with `margin` pixels left over: half of them, ties to even.
  public static func centeredStart(_ margin: Int) -> Int {
    margin % 4 == 3 ? (margin + 1) / 2 : margin / 2
  }
}
