import CImageCodecs

/// How one axis of an image is resampled: a stretch of it becomes a number of output positions, of which some are wanted.
public struct ResampledAxis: Sendable, Hashable {
  /// Where the stretch begins, in source pixels; it may begin between two of them.
  public var start: Double
  /// How long it is, in source pixels; above 0.
  public var length: Double
  /// The source positions that may take part.
  public var bounds: Range<Int>
  /// The positions that the stretch becomes.
  public var outputs: Int
  /// Those that are wanted.
  public var wanted: Range<Int>
  /// Whether the wanted positions come in reverse order.
  public var isMirrored: Bool

  /// Describes an axis; without `wanted` all outputs are.
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

  /// A whole side at another length.
  public init(whole side: Int, outputs: Int, wanted: Range<Int>? = nil) {
    self.init(start: 0, length: Double(side), bounds: 0..<side, outputs: outputs, wanted: wanted)
  }

  /// The source positions that the wanted outputs are made from.
  public var extent: Range<Int> {
    var (begin, end) = (Int32(0), Int32(0))
    withUnsafePointer(to: inC) { lt_axis_extent($0, &begin, &end) }
    return Int(begin)..<Int(max(begin, end))
  }

  /// The axis as the C functions take it.
  var inC: lt_axis {
    lt_axis(
      start: start, length: length, lower: Int32(clamping: bounds.lowerBound),
      upper: Int32(clamping: bounds.upperBound),
      outputs: Int32(clamping: outputs), first: Int32(clamping: wanted.lowerBound),
      count: Int32(clamping: wanted.count),
      is_mirrored: isMirrored ? 1 : 0)
  }
}
