import ImageCodecs

/// Some images of another source, in a given order: a thinned training set, or one side of a hold-out.
public struct SelectedImages: ImageSource {
  /// Where the images come from.
  public let base: any ImageSource
  /// The index of each image in `base`.
  public let originalIndices: [Int]
  /// The class of each image; the classes are those of `base`, also where none of their images is left.
  public let labels: [Int]

  /// Selects images by their indices in `base`.
  ///
  /// - Throws: `DataSourceError.indexOutOfRange` for an index that `base` does not have.
  public init(_ base: any ImageSource, indices: [Int]) throws {
    let labels = base.labels
    for (position, index) in indices.enumerated() where !labels.indices.contains(index) {
      throw DataSourceError.indexOutOfRange(index: index, position: position, count: labels.count)
    }
    self.base = base
    self.originalIndices = indices
    self.labels = indices.map { labels[$0] }
  }

  /// The classes of the base.
  public var classNames: [String] { base.classNames }
  /// Whether the base is.
  public var isResident: Bool { base.isResident }
  /// The name in the base.
  public func name(at index: Int) -> String { base.name(at: originalIndices[index]) }
  /// The image in the base.
  public func image(at index: Int, minimumShorterEdge: Int?) throws -> PixelImage {
    try base.image(at: originalIndices[index], minimumShorterEdge: minimumShorterEdge)
  }
  /// The size in the base.
  public func imageSize(at index: Int) throws -> (width: Int, height: Int) {
    try base.imageSize(at: originalIndices[index])
  }
  /// The bytes in the base.
  public func contents(at index: Int) throws -> [UInt8] { try base.contents(at: originalIndices[index]) }
  /// The file in the base.
  public func location(at index: Int) -> ImageLocation? { base.location(at: originalIndices[index]) }
  /// The number of bytes in the base.
  public func contentSize(at index: Int) throws -> Int { try base.contentSize(at: originalIndices[index]) }
  /// The image in the base.
  public func image(from contents: [UInt8], at index: Int) throws -> PixelImage {
    try base.image(from: contents, at: originalIndices[index])
  }
  /// The metadata in the base.
  public var metadata: (any MetadataSource)? {
    base.metadata.map { SelectedMetadata(base: $0, originalIndices: originalIndices) }
  }
}
