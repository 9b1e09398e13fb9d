import CImageCodecs

/// Resamples images one after the other, into memory of the caller: antialiased bilinear, each axis filtered by a triangle as wide as two
/// output pixels (or two input pixels when enlarging), columns first, in fixed point; the same input gives the same bytes everywhere.
///
/// The buffers inside are used again, so a worker thread keeps one resampler. One thread uses it at a time.
///
/// - Source: equals Pillow's `Image.resize(size, BILINEAR)` (to the bit where Pillow also filters rows first).
public final class PixelResampler {
  private let resampler: OpaquePointer?

  /// A resampler for any number of images.
  ///
  /// - Parameter isVectorized: false for the plain form of the arithmetic, which gives the same bytes more slowly.
  public init(isVectorized: Bool = true) {
    resampler = lt_resampler_create()
    if !isVectorized { lt_resampler_set_vectorized(resampler, 0) }
  }

  deinit { lt_resampler_destroy(resampler) }

  /// Resamples an image or a part of it.
  ///
  /// - Parameters:
  ///   - source: pixels of `part`, three bytes each.
  ///   - part: where these pixels stand in the image that the axes speak of.
  ///   - columns: what becomes of the columns.
  ///   - rows: what becomes of the rows.
  ///   - target: room for `rows.wanted.count * columns.wanted.count * 3` bytes.
  /// - Precondition: sizes agree, and the part holds the extent of both axes.
  public func resample(
    _ source: UnsafeBufferPointer<UInt8>, _ part: PixelRegion, columns: ResampledAxis, rows: ResampledAxis,
    into target: UnsafeMutableBufferPointer<UInt8>
  ) {
    precondition(source.count >= part.byteCount, "the part has fewer pixels")
    precondition(target.count >= rows.wanted.count * columns.wanted.count * 3, "the target is too small")
    var (columns, rows) = (columns.inC, rows.inC)
    let isDone = lt_resample(
      resampler, source.baseAddress, Int32(part.x), Int32(part.y), Int32(part.width), Int32(part.height), &columns,
      &rows, target.baseAddress)
    precondition(isDone != 0, "an axis leaves the part, or there is no memory")
  }
}
