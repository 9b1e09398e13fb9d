import ImageCodecs

/// Labelled pictures that can be asked for one by one: a folder, a list, an archive, the drawn set.
///
/// Indices run from 0 to `count - 1` and never change; a label is an index into `classNames`. A class may have no picture.
/// All functions may be called from any thread.
///
/// - Precondition: every index handed in lies in `0..<count`.
public protocol ImageSource: Sendable {
  /// The names of the classes, in index order, all different.
  var classNames: [String] { get }

  /// The class of each picture.
  var labels: [Int] { get }

  /// Whether the pictures are pixels in memory rather than files.
  var isResident: Bool { get }

  /// The picture's path relative to its set, or the name of its record; stands in messages and result files.
  func name(at index: Int) -> String

  /// Decodes a picture.
  ///
  /// - Parameters:
  ///   - index: the picture.
  ///   - minimumShortSide: when given, the source may hand out a smaller picture, as long as its shorter side keeps at least
  ///     this many pixels (or all it has).
  /// - Throws: `ImageCodecError` with the full path or record name.
  func image(at index: Int, minimumShortSide: Int?) throws -> PixelImage

  /// The picture in the cheapest form for cutting a part out of it; a file goes into `buffer`. By default the decoded picture.
  ///
  /// - Throws: `ImageCodecError` with the full path or record name.
  func form(at index: Int, in buffer: ByteBuffer) throws -> PictureForm

  /// The size of a picture, without decoding it.
  func imageSize(at index: Int) throws -> (width: Int, height: Int)

  /// The bytes that make this picture: its file, or its pixels where there is no file. Equal bytes mean an exact duplicate.
  func contents(at index: Int) throws -> [UInt8]

  /// Decodes a picture from its `contents(at:)`, for those who have read them already.
  ///
  /// - Throws: as `image(at:minimumShortSide:)`.
  func image(from contents: [UInt8], at index: Int) throws -> PixelImage

  /// The file that those bytes lie in; nil where there is none. By default nil.
  func location(at index: Int) -> ImageLocation?

  /// The number of those bytes, without reading them.
  func contentSize(at index: Int) throws -> Int

  /// Coordinates, dates and attributes of the pictures, where the data have them.
  var metadata: (any MetadataSource)? { get }
}

extension ImageSource {
  /// The number of pictures.
  public var count: Int { labels.count }

  /// Decodes a picture at its full size.
  public func image(at index: Int) throws -> PixelImage { try image(at: index, minimumShortSide: nil) }

  /// Reads the picture again, unless a source can do better.
  public func image(from contents: [UInt8], at index: Int) throws -> PixelImage { try image(at: index) }

  /// None, unless a source says otherwise.
  public func location(at index: Int) -> ImageLocation? { nil }

  /// None, unless a source says otherwise.
  public var metadata: (any MetadataSource)? { nil }

  /// The number of pictures of each class.
  public var classCounts: [Int] {
    var counts = [Int](repeating: 0, count: classNames.count)
    for label in labels { counts[label] += 1 }
    return counts
  }

  /// The indices of the classes without pictures.
  public var emptyClasses: [Int] {
    let counts = classCounts
    return counts.indices.filter { counts[$0] == 0 }
  }
}
