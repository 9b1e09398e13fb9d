/// The EXIF orientation (tag 0x0112): how stored pixels are rotated and mirrored to make the image upright.
///
/// Source: Exif 2.3, tag Orientation. A case names the edges of the upright image at which row 0 and column 0 of the
/// stored image lie.
enum ExifOrientation: UInt8 {
  case topLeft = 1
  case topRight
  case bottomRight
  case bottomLeft
  case leftTop
  case rightTop
  case rightBottom
  case leftBottom

  /// Whether width and height are swapped.
  var swapsSides: Bool { rawValue >= 5 }

  /// Whether the columns of the upright image are in reverse order of the stored axis they come from.
  var mirrorsColumns: Bool { [.topRight, .bottomRight, .rightTop, .rightBottom].contains(self) }

  /// Whether the rows of the upright image are in reverse order of the stored axis they come from.
  var mirrorsRows: Bool { [.bottomRight, .bottomLeft, .rightBottom, .leftBottom].contains(self) }

  /// The stored region of a region of the upright image, whose width and height are given.
  func stored(_ region: PixelRegion, width: Int, height: Int) -> PixelRegion {
    let x = mirrorsColumns ? width - region.x - region.width : region.x
    let y = mirrorsRows ? height - region.y - region.height : region.y
    return swapsSides
      ? PixelRegion(x: y, y: x, width: region.height, height: region.width)
      : PixelRegion(x: x, y: y, width: region.width, height: region.height)
  }
}
