/// What the header of an image file says.
public struct ImageHeader: Sendable, Hashable {
  /// The kind of the file.
  public let format: ImageFormat
  /// Columns of the upright image.
  public let width: Int
  /// Rows of the upright image.
  public let height: Int
  /// How the stored image must be turned.
  let orientation: ExifOrientation

  /// The length of the shorter edge in pixels.
  public var shorterEdge: Int { min(width, height) }

  /// Whether the image can be decoded at a part of its size.
  public var isScalable: Bool { format == .jpeg }

  /// The smallest scale at which a stretch of `width` x `height` pixels keeps at least a given size: full, or for JPEG also 1/2, 1/4, 1/8
  /// (these have fast inverse transforms).
  public func scale(
    keeping minimum: (width: Int, height: Int), ofWidth width: Int, height: Int
  ) -> DecodingScale {
    guard isScalable else { return .full }
    return DecodingScale.allCases.first {
      $0.length(of: width) >= minimum.width && $0.length(of: height) >= minimum.height
    } ?? .full
  }

  /// The smallest scale at which the shorter edge keeps at least a given length; full without one.
  public func scale(keepingShorterEdge side: Int?) -> DecodingScale {
    guard let side else { return .full }
    return scale(keeping: (side, side), ofWidth: width, height: height)
  }

  /// The size of the upright image at a scale.
  public func size(at scale: DecodingScale) -> (width: Int, height: Int) {
    (scale.length(of: width), scale.length(of: height))
  }

  /// Where a stretch of columns of the full image begins and how long it is in the image at a scale; it may lie between pixels.
  public func scaledColumns(_ columns: Range<Int>, at scale: DecodingScale) -> (start: Double, length: Double) {
    scaled(columns, of: width, at: scale, isMirrored: orientation.mirrorsColumns)
  }

  /// The same for rows.
  public func scaledRows(_ rows: Range<Int>, at scale: DecodingScale) -> (start: Double, length: Double) {
    scaled(rows, of: height, at: scale, isMirrored: orientation.mirrorsRows)
  }

  /// The last pixel of a scaled image may stand for fewer stored ones; it is the first when the image is turned.
  private func scaled(
    _ stretch: Range<Int>, of side: Int, at scale: DecodingScale, isMirrored: Bool
  ) -> (start: Double, length: Double) {
    let factor = scale.factor
    let length = Double(stretch.count) * factor
    guard isMirrored else { return (Double(stretch.lowerBound) * factor, length) }
    return (Double(scale.length(of: side)) - Double(side - stretch.lowerBound) * factor, length)
  }
}
