/// The header of an image file.
public struct ImageHeader: Sendable, Hashable {
  /// The format of the file.
  public let format: ImageFormat
  /// Columns of the upright image.
  public let width: Int
  /// Rows of the upright image.
  public let height: Int
  /// The orientation of the stored pixels.
  let orientation: ExifOrientation

  /// The length of the shorter edge in pixels.
  public var shorterEdge: Int { min(width, height) }

  /// Whether the image can be decoded at a smaller scale.
  public var isScalable: Bool { format == .jpeg }

  /// The smallest scale at which a region of `width` x `height` pixels has at least a given size: full, or for JPEG
  /// also 1/2, 1/4, 1/8, which have fast inverse transforms.
  public func scale(
    keeping minimum: (width: Int, height: Int), ofWidth width: Int, height: Int
  ) -> DecodingScale {
    guard isScalable else { return .full }
    return DecodingScale.allCases.first {
      $0.length(of: width) >= minimum.width && $0.length(of: height) >= minimum.height
    } ?? .full
  }

  /// The smallest scale at which the shorter edge has at least a given length; full if nil.
  public func scale(keepingShorterEdge length: Int?) -> DecodingScale {
    guard let length else { return .full }
    return scale(keeping: (length, length), ofWidth: width, height: height)
  }

  /// The size of the upright image at a scale.
  public func size(at scale: DecodingScale) -> (width: Int, height: Int) {
    (scale.length(of: width), scale.length(of: height))
  }

  /// Start and length of a range of columns of the full image in the image at a scale; both may be fractional.
  public func scaledColumns(_ columns: Range<Int>, at scale: DecodingScale) -> (start: Double, length: Double) {
    scaled(columns, of: width, at: scale, isMirrored: orientation.mirrorsColumns)
  }

  /// The same for rows.
  public func scaledRows(_ rows: Range<Int>, at scale: DecodingScale) -> (start: Double, length: Double) {
    scaled(rows, of: height, at: scale, isMirrored: orientation.mirrorsRows)
  }

  /// The last pixel of a scaled axis may cover fewer stored pixels; if the axis is mirrored it is the first.
  private func scaled(
    _ range: Range<Int>, of size: Int, at scale: DecodingScale, isMirrored: Bool
  ) -> (start: Double, length: Double) {
    let factor = scale.factor
    let length = Double(range.count) * factor
    guard isMirrored else { return (Double(range.lowerBound) * factor, length) }
    return (Double(scale.length(of: size)) - Double(size - range.lowerBound) * factor, length)
  }
}
