/// How a camera was held: the EXIF tag 0x0112, which says how stored pixels are to be turned for viewing.
///
/// Source: Exif 2.3, tag Orientation. The names say where row 0 and column 0 of the stored image belong.
enum ExifOrientation: UInt8 {
  case topLeft = 1
  case topRight
  case bottomRight
  case bottomLeft
  case leftTop
  case rightTop
  case rightBottom
  case leftBottom

  /// Whether width and height change places.
  var swapsSides: Bool { rawValue >= 5 }

  /// Whether the columns of the upright image run against the stored axis they come from.
  var mirrorsColumns: Bool { [.topRight, .bottomRight, .rightTop, .rightBottom].contains(self) }

  /// Whether the rows of the upright image run against the stored axis they come from.
  var mirrorsRows: Bool { [.bottomRight, .bottomLeft, .rightBottom, .leftBottom].contains(self) }

  /// Where a rectangle of the upright image is stored. Sides are those of the upright image.
  func stored(_ region: PixelRegion, width: Int, height: Int) -> PixelRegion {
    let x = mirrorsColumns ? width - region.x - region.width : region.x
    let y = mirrorsRows ? height - region.y - region.height : region.y
    return swapsSides
      ? PixelRegion(x: y, y: x, width: region.height, height: region.width)
      : PixelRegion(x: x, y: y, width: region.width, height: region.height)
  }
}
