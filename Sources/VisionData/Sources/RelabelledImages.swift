import ImageCodecs

/// A source whose labels follow the class order of another set: evaluation data matched by name to what a model was trained on.
public struct RelabelledImages: ImageSource {
  /// Where the pictures come from.
  public let base: any ImageSource
  /// The names of the classes in the wanted order.
  public let classNames: [String]
  /// The class of each picture in the wanted order.
  public let labels: [Int]

  /// Matches the classes of `base` by name.
  ///
  /// - Parameters:
  ///   - base: the evaluation data.
  ///   - classNames: the classes of the training data, in index order.
  ///   - role: what the evaluation data are called in errors, such as `test`.
  ///   - allowsMissingClasses: whether `base` may lack classes.
  /// - Throws: `DataSourceError.unknownClass` or `.missingClass` with the name.
  public init(
    _ base: any ImageSource, matching classNames: [String], role: String, allowsMissingClasses: Bool = false
  ) throws {
    let indices = try ClassOrder.indices(of: classNames, in: role)
    let known = base.classNames
    let newLabels = try known.map { name in
      guard let index = indices[name] else {
        throw DataSourceError.unknownClass(
          name: name, role: role, nearest: ClassOrder.nearest(to: name, in: classNames))
      }
      return index
    }
    let present = Set(known)
    if !allowsMissingClasses, let missing = classNames.first(where: { !present.contains($0) }) {
      throw DataSourceError.missingClass(name: missing, role: role)
    }
    self.base = base
    self.classNames = classNames
    self.labels = base.labels.map { newLabels[$0] }
  }

  /// Whether the base is.
  public var isResident: Bool { base.isResident }
  /// The name in the base.
  public func name(at index: Int) -> String { base.name(at: index) }
  /// The picture in the base.
  public func image(at index: Int, minimumShortSide: Int?) throws -> PixelImage {
    try base.image(at: index, minimumShortSide: minimumShortSide)
  }
  /// The size in the base.
  public func imageSize(at index: Int) throws -> (width: Int, height: Int) { try base.imageSize(at: index) }
  /// The bytes in the base.
  public func contents(at index: Int) throws -> [UInt8] { try base.contents(at: index) }
  /// The file in the base.
  public func location(at index: Int) -> ImageLocation? { base.location(at: index) }
  /// The number of bytes in the base.
  public func contentSize(at index: Int) throws -> Int { try base.contentSize(at: index) }
  /// The picture in the base.
  public func image(from contents: [UInt8], at index: Int) throws -> PixelImage {
    try base.image(from: contents, at: index)
  }
  /// The metadata in the base.
  public var metadata: (any MetadataSource)? { base.metadata }
}
