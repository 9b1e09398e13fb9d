import ImageCodecs

/// A source made from another one: a selection, other labels, a cache. Whatever a conforming type does not implement comes from `base`.
public protocol DerivedImages: ImageSource {
  /// The source of the images.
  var base: any ImageSource { get }

  /// The index in `base` of an image. By default the same index.
  func baseIndex(of index: Int) -> Int
}

extension DerivedImages {
  /// The same index.
  public func baseIndex(of index: Int) -> Int { index }
  /// The classes of the base.
  public var classNames: [String] { base.classNames }
  /// The classes of the images in the base.
  public var labels: [Int] { base.labels }
  /// Whether the images of the base are in memory.
  public var isResident: Bool { base.isResident }
  /// The metadata of the base.
  public var metadata: (any MetadataSource)? { base.metadata }
  /// The name in the base.
  public func name(at index: Int) -> String { base.name(at: baseIndex(of: index)) }
  /// The image in the base.
  public func image(at index: Int, minimumShorterEdge: Int?) throws -> PixelImage {
    try base.image(at: baseIndex(of: index), minimumShorterEdge: minimumShorterEdge)
  }
  /// The representation in the base.
  public func representation(at index: Int, in buffer: ByteBuffer) throws -> ImageRepresentation {
    try base.representation(at: baseIndex(of: index), in: buffer)
  }
  /// The size in the base.
  public func imageSize(at index: Int) throws -> (width: Int, height: Int) {
    try base.imageSize(at: baseIndex(of: index))
  }
  /// The bytes in the base.
  public func contents(at index: Int) throws -> [UInt8] { try base.contents(at: baseIndex(of: index)) }
  /// The image, decoded by the base.
  public func image(from contents: [UInt8], at index: Int) throws -> PixelImage {
    try base.image(from: contents, at: baseIndex(of: index))
  }
  /// The file in the base.
  public func location(at index: Int) -> ImageLocation? { base.location(at: baseIndex(of: index)) }
  /// The number of bytes in the base.
  public func contentSize(at index: Int) throws -> Int { try base.contentSize(at: baseIndex(of: index)) }
}
