import CImageCodecs

/// The resampling of one axis: an interval of source pixels becomes a number of output pixels, of which a range is
/// computed.
public struct ResampledAxis: Sendable, Hashable {
  /// The start of the interval in source pixels; it may be fractional.
  public var start: Double
  /// The length of the interval in source pixels; above 0.
  public var length: Double
  /// The source pixels that the filter may use.
  public var bounds: Range<Int>
  /// The number of output pixels of the whole interval.
  public var outputs: Int
  /// The output pixels to compute.
  public var wanted: Range<Int>
  /// Whether the computed pixels are stored in reverse order.
  public var isMirrored: Bool

  /// Makes an axis; without `wanted` all output pixels are computed.
  public init(
    start: Double, length: Double, bounds: Range<Int>, outputs: Int, wanted: Range<Int>? = nil, isMirrored: Bool = false
  ) {
    self.start = start
    self.length = length
    self.bounds = bounds
    self.outputs = outputs
    self.wanted = wanted ?? 0..<outputs
    self.isMirrored = isMirrored
  }

  /// The resampling of a whole axis of `size` pixels.
  public init(whole size: Int, outputs: Int, wanted: Range<Int>? = nil) {
    self.init(start: 0, length: Double(size), bounds: 0..<size, outputs: outputs, wanted: wanted)
  }

  /// The source pixels on which the computed output pixels depend.
  public var extent: Range<Int> {
    var (begin, end) = (Int32(0), Int32(0))
    withUnsafePointer(to: inC) { lt_axis_extent($0, &begin, &end) }
    return Int(begin)..<Int(max(begin, end))
  }

  /// The axis as a C structure.
  var inC: lt_axis {
    lt_axis(
      start: start, length: length, lower: Int32(clamping: bounds.lowerBound),
      upper: Int32(clamping: bounds.upperBound),
      outputs: Int32(clamping: outputs), first: Int32(clamping: wanted.lowerBound),
      count: Int32(clamping: wanted.count),
      is_mirrored: isMirrored ? 1 : 0)
  }
}
