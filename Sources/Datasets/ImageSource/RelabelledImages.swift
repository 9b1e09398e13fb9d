/// A source whose labels follow the class order of another set: evaluation data whose classes are matched by name to the training classes.
public struct RelabelledImages: DerivedImages {
  /// Where the images come from.
  public let base: any ImageSource
  /// The names of the classes in the wanted order.
  public let classNames: [String]
  /// The class of each image in the wanted order.
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

  /// The images of the classes that the training data have, matched by name, and the other classes.
  ///
  /// - Parameters:
  ///   - base: the evaluation data.
  ///   - classNames: the classes of the training data, in index order.
  ///   - role: what the evaluation data are called in errors.
  /// - Throws: `DataSourceError.unknownClass` if not a single image is of a known class.
  public static func known(
    in base: any ImageSource, matching classNames: [String], role: String
  ) throws -> (images: RelabelledImages, unknown: [UnknownClass]) {
    let indices = try ClassOrder.indices(of: classNames, in: role)
    let counts = base.classCounts
    let unknown = base.classNames.enumerated().filter { indices[$0.element] == nil && counts[$0.offset] > 0 }
      .map { index, name in
        UnknownClass(
          name: name, imageCount: counts[index], nearest: ClassOrder.nearest(to: name, in: classNames))
      }
    let newLabels = base.classNames.map { indices[$0] }
    let labels = base.labels
    let kept = labels.indices.filter { newLabels[labels[$0]] != nil }
    if kept.isEmpty, let first = unknown.first {
      throw DataSourceError.unknownClass(name: first.name, role: role, nearest: first.nearest)
    }
    let selected: any ImageSource = kept.count == labels.count ? base : try SelectedImages(base, indices: kept)
    return (
      RelabelledImages(
        base: selected, classNames: classNames, labels: selected.labels.compactMap { newLabels[$0] }), unknown
    )
  }

  private init(base: any ImageSource, classNames: [String], labels: [Int]) {
    (self.base, self.classNames, self.labels) = (base, classNames, labels)
  }
}
