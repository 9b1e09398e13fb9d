/// The size of a detection set and of its classes: in how many images each occurs, and how often.
public struct DetectionSummary: Sendable, Hashable, Codable {
  /// One class.
  public struct Row: Sendable, Hashable, Codable {
    /// Its index.
    public var index: Int
    /// Its name.
    public var name: String
    /// Images that have it.
    public var imageCount: Int
    /// Its instances, crowds not counted.
    public var instanceCount: Int
    /// LVIS only, as the file states.
    public var frequency: DetectionCategory.Frequency?
  }

  /// The annotation file.
  public var path: String
  /// All images.
  public var imageCount: Int
  /// Images with at least one object.
  public var markedImageCount: Int
  /// All instances, crowds not counted.
  public var instanceCount: Int
  /// Crowds.
  public var crowdCount: Int
  /// Instances with polygons.
  public var polygonCount: Int
  /// Instances with masks.
  public var maskCount: Int
  /// The classes, most instances first, equal ones by index.
  public var classes: [Row]
  /// The largest over the smallest number of instances, of classes that have any.
  public var imbalanceFactor: Double
  /// Widths that the file states, in pixels.
  public var widths: DataSummary.Range?
  /// Heights that the file states, in pixels.
  public var heights: DataSummary.Range?
  /// Inconsistencies of the file.
  public var findings: [DetectionFinding]

  /// Counts.
  public init(_ annotations: DetectionAnnotations) {
    let (images, instances) = (annotations.imageCounts, annotations.instanceCounts)
    path = annotations.file
    imageCount = annotations.images.count
    markedImageCount = Set(annotations.instances.map(\.image)).count
    crowdCount = annotations.instances.count { $0.isCrowd }
    instanceCount = annotations.instances.count - crowdCount
    polygonCount = annotations.instances.count { if case .polygons = $0.segmentation { true } else { false } }
    maskCount = annotations.instances.count { if case .mask = $0.segmentation { true } else { false } }
    classes = annotations.categories.enumerated().map { index, category in
      Row(
        index: index, name: category.name, imageCount: images[index], instanceCount: instances[index],
        frequency: category.frequency)
    }.sorted { ($1.instanceCount, $0.index) < ($0.instanceCount, $1.index) }
    let used = instances.filter { $0 > 0 }
    imbalanceFactor = used.isEmpty ? 1 : Double(used.max() ?? 1) / Double(used.min() ?? 1)
    widths = DataSummary.Range(annotations.images.map(\.width))
    heights = DataSummary.Range(annotations.images.map(\.height))
    findings = annotations.findings
  }
}
