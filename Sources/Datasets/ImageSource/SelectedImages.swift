/// Some images of another source, in a given order: a thinned training set, or one side of a hold-out.
public struct SelectedImages: DerivedImages {
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

  /// The index in `base`.
  public func baseIndex(of index: Int) -> Int { originalIndices[index] }
  /// The metadata of the selected images.
  public var metadata: (any MetadataSource)? {
    base.metadata.map { SelectedMetadata(base: $0, originalIndices: originalIndices) }
  }
}
