import CImageCodecs

/// A reusable resampler, which writes resized images or parts of them into memory of the caller.
///
/// Bilinear with antialiasing: each axis is filtered by a triangle two output pixels wide (two input pixels when
/// enlarging), in fixed-point arithmetic; results are the same on every machine. It reuses its buffers, so each worker
/// thread should keep one resampler. Not thread-safe.
///
/// - Source: equals Pillow's `Image.resize(size, BILINEAR)`, bit for bit where Pillow also filters rows first.
public final class PixelResampler {
  private let resampler: OpaquePointer?

  /// Makes a resampler.
  ///
  /// - Parameter isVectorized: false for scalar arithmetic, which gives the same bytes more slowly.
  public init(isVectorized: Bool = true) {
    resampler = lt_resampler_create()
    if !isVectorized { lt_resampler_set_vectorized(resampler, 0) }
  }

  deinit { lt_resampler_destroy(resampler) }

  /// Resamples an image or a part of it.
  ///
  /// - Parameters:
  ///   - source: the pixels of `part`, three bytes each.
  ///   - part: the region of these pixels in the image to which the axes refer.
  ///   - columns: the resampling of columns.
  ///   - rows: the resampling of rows.
  ///   - target: at least `rows.wanted.count * columns.wanted.count * 3` bytes.
  /// - Precondition: sizes agree, and the part contains the extent of both axes.
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
    precondition(isDone != 0, "an axis extends beyond the part, or memory is exhausted")
  }
}
