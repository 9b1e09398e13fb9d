import ImageCodecs

/// Which part of an image becomes the square network input.
public enum CropRule: Sendable, Hashable, Codable {
  /// A random part, for training.
  case random(RandomCrop)
  /// The shorter edge is resized to this many pixels, then a square is taken, for evaluation.
  case fixed(CropPosition, shorterEdge: Int)

  /// The shorter edge is resized to this many pixels, then the middle square is taken.
  public static func center(shorterEdge: Int) -> CropRule { .fixed(.middle, shorterEdge: shorterEdge) }

  /// The part of an image to decode, and how it is resampled to the square.
  package struct Cut {
    package let scale: DecodingScale
    package let part: PixelRegion
    package let columns: ResampledAxis
    package let rows: ResampledAxis

    init(scale: DecodingScale, columns: ResampledAxis, rows: ResampledAxis) {
      (self.scale, self.columns, self.rows) = (scale, columns, rows)
      let (x, y) = (columns.extent, rows.extent)
      part = PixelRegion(x: x.lowerBound, y: y.lowerBound, width: x.count, height: y.count)
    }
  }

  /// The crop of an image file, by its header.
  package func cut(from header: ImageHeader, side: Int, draw: CropDraw) -> Cut {
    switch self {
    case .random(let crop):
      let window = crop.window(width: header.width, height: header.height, draw: draw)
      let scale = header.scale(
        keeping: (side, side), ofWidth: window.region.width, height: window.region.height)
      return Self.cut(
        scale, header.scaledColumns(window.region.columns, at: scale),
        header.scaledRows(window.region.rows, at: scale), side, window.isMirrored)
    case .fixed(let place, let shorterEdge):
      let scale = header.scale(keepingShorterEdge: shorterEdge)
      let (width, height) = header.size(at: scale)
      return Self.cut(place, scale, width: width, height: height, shorterEdge: shorterEdge, side: side)
    }
  }

  /// The crop of decoded pixels.
  package func cut(fromWidth width: Int, height: Int, side: Int, draw: CropDraw) -> Cut {
    switch self {
    case .random(let crop):
      let window = crop.window(width: width, height: height, draw: draw)
      let region = window.region
      return Self.cut(
        .full, (Double(region.x), Double(region.width)), (Double(region.y), Double(region.height)), side,
        window.isMirrored)
    case .fixed(let place, let shorterEdge):
      return Self.cut(place, .full, width: width, height: height, shorterEdge: shorterEdge, side: side)
    }
  }

  private static func cut(
    _ scale: DecodingScale, _ columns: (start: Double, length: Double), _ rows: (start: Double, length: Double),
    _ side: Int, _ isMirrored: Bool
  ) -> Cut {
    // Pixels outside the crop have no weight, as if it had been cropped before resizing.
    func axis(_ stretch: (start: Double, length: Double), _ isMirrored: Bool) -> ResampledAxis {
      let bounds = Int(stretch.start.rounded(.down))..<Int((stretch.start + stretch.length).rounded(.up))
      return ResampledAxis(
        start: stretch.start, length: stretch.length, bounds: bounds, outputs: side, isMirrored: isMirrored)
    }
    return Cut(scale: scale, columns: axis(columns, isMirrored), rows: axis(rows, false))
  }

  private static func cut(
    _ place: CropPosition, _ scale: DecodingScale, width: Int, height: Int, shorterEdge: Int, side: Int
  ) -> Cut {
    let size = PixelImage.size(width: width, height: height, shorterEdge: shorterEdge)
    func axis(_ length: Int, _ newLength: Int, _ start: Int) -> ResampledAxis {
      ResampledAxis(whole: length, outputs: newLength, wanted: start..<(start + side))
    }
    return Cut(
      scale: scale, columns: axis(width, size.width, place.column(leaving: size.width - side)),
      rows: axis(height, size.height, place.row(leaving: size.height - side)))
  }
}
