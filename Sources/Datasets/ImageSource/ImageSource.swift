import ImageCodecs

/// Labelled images with random access: a folder, a list, an archive, the synthetic data set.
///
/// Indices run from 0 to `count - 1` and never change; a label is an index into `classNames`. A class may have no image.
/// All functions may be called from any thread.
///
/// - Precondition: every index handed in lies in `0..<count`.
public protocol ImageSource: Sendable {
  /// The names of the classes, in index order, all different.
  var classNames: [String] { get }

  /// The class of each image.
  var labels: [Int] { get }

  /// Whether the images are pixels in memory rather than files.
  var isResident: Bool { get }

  /// The image's path relative to its set, or the name of its record; used in messages and result files.
  func name(at index: Int) -> String

  /// Decodes an image.
  ///
  /// - Parameters:
  ///   - index: the image.
  ///   - minimumShorterEdge: when given, the source may return a smaller image, as long as its shorter edge keeps at least
  ///     this many pixels (or all it has).
  /// - Throws: `ImageCodecError` with the full path or record name.
  func image(at index: Int, minimumShorterEdge: Int?) throws -> PixelImage

  /// The cheapest representation of an image for cropping; a file is read into `buffer`. By default the decoded image.
  ///
  /// - Throws: `ImageCodecError` with the full path or record name.
  func representation(at index: Int, in buffer: ByteBuffer) throws -> ImageRepresentation

  /// The size of an image, without decoding it.
  func imageSize(at index: Int) throws -> (width: Int, height: Int)

  /// The bytes of this image: its file, or its pixels where there is no file. Equal bytes mean an exact duplicate.
  func contents(at index: Int) throws -> [UInt8]

  /// Decodes an image from its `contents(at:)`, for callers that have read them already.
  ///
  /// - Throws: as `image(at:minimumShorterEdge:)`.
  func image(from contents: [UInt8], at index: Int) throws -> PixelImage

  /// The file that those bytes lie in; nil where there is none. By default nil.
  func location(at index: Int) -> ImageLocation?

  /// The number of those bytes, without reading them.
  func contentSize(at index: Int) throws -> Int

  /// Coordinates, dates and attributes of the images, where the data have them.
  var metadata: (any MetadataSource)? { get }
}

extension ImageSource {
  /// The number of images.
  public var count: Int { labels.count }

  /// Decodes an image at its full size.
  public func image(at index: Int) throws -> PixelImage { try image(at: index, minimumShorterEdge: nil) }

  /// Reads the image again, unless a source can do better.
  public func image(from contents: [UInt8], at index: Int) throws -> PixelImage { try image(at: index) }

  /// None, unless a source says otherwise.
  public func location(at index: Int) -> ImageLocation? { nil }

  /// None, unless a source says otherwise.
  public var metadata: (any MetadataSource)? { nil }

  /// The number of images of each class.
  public var classCounts: [Int] {
    var counts = [Int](repeating: 0, count: classNames.count)
    for label in labels { counts[label] += 1 }
    return counts
  }

  /// The indices of the classes without images.
  public var emptyClasses: [Int] {
    let counts = classCounts
    return counts.indices.filter { counts[$0] == 0 }
  }
}
