/// The objects marked in the images of a COCO or LVIS file, checked and joined.
///
/// The file is read once from start to end, without a tree in memory; its parts may come in any order. Classes are in the order of their
/// numbers. Every number that names an image or a class has become an index.
public struct DetectionAnnotations: Sendable {
  /// Whether outlines are stored.
  public enum Outlines: Sendable, Hashable {
    /// All of them.
    case kept
    /// None: they are checked and dropped, which saves most of the memory.
    case dropped
  }

  /// The file.
  public let file: String
  /// The classes, in index order.
  public let categories: [DetectionCategory]
  /// The images, in the order of the file.
  public let images: [DetectionImage]
  /// The objects, in the order of the file.
  public let instances: [DetectionInstance]
  /// Inconsistencies that do not prevent use: boxes without area or outside their image, and so on.
  public let findings: [DetectionFinding]

  /// Reads a file; no image is opened.
  ///
  /// - Throws: `DataSourceError.malformed` for broken JSON (line and column), a number that stands twice or names nothing, a box that is not four
  ///   numbers, a polygon with fewer than three points, a mask that does not fill its image.
  public init(contentsOf file: String, outlines: Outlines = .kept) throws {
    let contents = try DetectionContents(contentsOf: file, outlines: outlines)
    let joined = try contents.joined()
    self.file = file
    categories = contents.categories
    (images, instances) = joined
    findings = DetectionFinding.all(in: images, instances, categories)
  }

  /// The number of instances of each class, crowds not counted.
  public var instanceCounts: [Int] {
    var counts = [Int](repeating: 0, count: categories.count)
    for instance in instances where !instance.isCrowd { counts[instance.category] += 1 }
    return counts
  }

  /// The number of images in which each class is marked, crowds included.
  public var imageCounts: [Int] {
    var counts = [Int](repeating: 0, count: categories.count)
    var seen = Set<Int>(minimumCapacity: instances.count)
    for instance in instances where seen.insert(instance.image * categories.count + instance.category).inserted {
      counts[instance.category] += 1
    }
    return counts
  }
}
