import Datasets
import ImageCodecs
import Transforms

/// Decodes, crops and resizes images of a source; the decoder, the resampler and their buffers of one worker. Not for concurrent use.
public final class CropRenderer {
  /// The time spent on reading, decoding and resampling so far.
  public private(set) var times = RenderTimes()
  private let source: any ImageSource
  private let decoder: ImageDecoder
  private let resampler = PixelResampler()
  private let file = ByteBuffer()
  private let pixels = ByteBuffer()

  /// A renderer for the images of a source.
  public init(_ source: any ImageSource, options: DecodingOptions = DecodingOptions()) {
    self.source = source
    decoder = ImageDecoder(options)
  }

  /// Reads an image and writes its square crop, `side * side * 3` bytes.
  ///
  /// - Throws: `ImageCodecError` with the path or record name.
  public func render(
    _ index: Int, crop: CropRule, side: Int, draw: CropDraw, into target: UnsafeMutableBufferPointer<UInt8>
  ) throws {
    let form = try measured(\.read) { try source.representation(at: index, in: file) }
    switch form {
    case .file:
      let cut = try measured(\.decode) {
        let header = try decoder.open(UnsafeBufferPointer(file.bytes), named: file.name)
        let cut = crop.cut(from: header, side: side, draw: draw)
        try decode(cut.part, at: cut.scale)
        return cut
      }
      resample(UnsafeBufferPointer(pixels.bytes), cut.part, cut, target)
    case .pixels(let lent):
      withExtendedLifetime(lent.owner) {
        cutOut(lent.bytes, width: lent.width, height: lent.height, crop, side, draw, target)
      }
    case .image(let image):
      image.pixels.withUnsafeBufferPointer {
        cutOut($0, width: image.width, height: image.height, crop, side, draw, target)
      }
    }
  }

  /// Reads a whole image and hands its pixels to `use`, made smaller so that the shorter edge has `shorterEdge` pixels; smaller images
  /// stay as they are.
  ///
  /// - Throws: `ImageCodecError` with the path or record name; what `use` throws.
  func render<Result>(
    _ index: Int, shorterEdge: Int, use: (UnsafeBufferPointer<UInt8>, _ width: Int, _ height: Int) throws -> Result
  ) throws -> Result {
    switch try measured(\.read, { try source.representation(at: index, in: file) }) {
    case .file:
      let header = try decoder.open(UnsafeBufferPointer(file.bytes), named: file.name)
      let scale = header.scale(keepingShorterEdge: min(shorterEdge, header.shorterEdge))
      let size = header.size(at: scale)
      let part = PixelRegion(x: 0, y: 0, width: size.width, height: size.height)
      try measured(\.decode) { try decode(part, at: scale) }
      let (width, height) = Self.size(width: header.width, height: header.height, shorterEdge: shorterEdge)
      let columns = header.scaledColumns(0..<header.width, at: scale)
      let rows = header.scaledRows(0..<header.height, at: scale)
      return try shrink(
        UnsafeBufferPointer(pixels.bytes), part,
        ResampledAxis(start: columns.start, length: columns.length, bounds: part.columns, outputs: width),
        ResampledAxis(start: rows.start, length: rows.length, bounds: part.rows, outputs: height), use)
    case .pixels(let lent):
      return try withExtendedLifetime(lent.owner) {
        try shrink(lent.bytes, width: lent.width, height: lent.height, shorterEdge, use)
      }
    case .image(let image):
      return try image.pixels.withUnsafeBufferPointer {
        try shrink($0, width: image.width, height: image.height, shorterEdge, use)
      }
    }
  }

  /// The size to which an image is made smaller.
  static func size(width: Int, height: Int, shorterEdge: Int) -> (width: Int, height: Int) {
    min(width, height) <= shorterEdge
      ? (width, height) : PixelImage.size(width: width, height: height, shorterEdge: shorterEdge)
  }

  private let shrunk = ByteBuffer()

  private func shrink<Result>(
    _ bytes: UnsafeBufferPointer<UInt8>, width: Int, height: Int, _ shorterEdge: Int,
    _ use: (UnsafeBufferPointer<UInt8>, Int, Int) throws -> Result
  ) throws -> Result {
    let size = Self.size(width: width, height: height, shorterEdge: shorterEdge)
    return try shrink(
      bytes, PixelRegion(x: 0, y: 0, width: width, height: height),
      ResampledAxis(whole: width, outputs: size.width), ResampledAxis(whole: height, outputs: size.height), use)
  }

  private func shrink<Result>(
    _ bytes: UnsafeBufferPointer<UInt8>, _ part: PixelRegion, _ columns: ResampledAxis, _ rows: ResampledAxis,
    _ use: (UnsafeBufferPointer<UInt8>, Int, Int) throws -> Result
  ) throws -> Result {
    if columns.outputs == part.width && rows.outputs == part.height {
      return try use(bytes, part.width, part.height)
    }
    shrunk.resize(to: columns.outputs * rows.outputs * 3)
    measured(\.resample) { resampler.resample(bytes, part, columns: columns, rows: rows, into: shrunk.bytes) }
    return try use(UnsafeBufferPointer(shrunk.bytes), columns.outputs, rows.outputs)
  }

  private func decode(_ part: PixelRegion, at scale: DecodingScale) throws {
    try decoder.checkLimits(part)
    pixels.resize(to: part.byteCount)
    try decoder.read(part, at: scale, into: pixels.bytes)
  }

  private func cutOut(
    _ bytes: UnsafeBufferPointer<UInt8>, width: Int, height: Int, _ crop: CropRule, _ side: Int, _ draw: CropDraw,
    _ target: UnsafeMutableBufferPointer<UInt8>
  ) {
    let cut = crop.cut(fromWidth: width, height: height, side: side, draw: draw)
    resample(bytes, PixelRegion(x: 0, y: 0, width: width, height: height), cut, target)
  }

  private func resample(
    _ bytes: UnsafeBufferPointer<UInt8>, _ part: PixelRegion, _ cut: CropRule.Cut,
    _ target: UnsafeMutableBufferPointer<UInt8>
  ) {
    measured(\.resample) { resampler.resample(bytes, part, columns: cut.columns, rows: cut.rows, into: target) }
  }

  private func measured<Result>(
    _ kind: WritableKeyPath<RenderTimes, Duration>, _ body: () throws -> Result
  ) rethrows -> Result {
    let start = ContinuousClock.now
    let result = try body()
    times[keyPath: kind] += start.duration(to: .now)
    return result
  }
}

/// The time spent on each part of rendering.
public struct RenderTimes: Sendable, Hashable {
  /// Reading files.
  public var read = Duration.zero
  /// Decoding them.
  public var decode = Duration.zero
  /// Cropping, resizing, flipping.
  public var resample = Duration.zero
}
