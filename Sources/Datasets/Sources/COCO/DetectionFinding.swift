/// An inconsistency of an annotation file that does not prevent its use.
public struct DetectionFinding: Sendable, Hashable, Codable {
  /// The kind of inconsistency.
  public var title: String
  /// The number of all.
  public var count: Int
  /// At most `DataCheck.exampleLimit` of them.
  public var examples: [String]

  /// How far a box may reach out of its image, in pixels: rounding alone gives nearly one.
  static let tolerance = 1.0

  static func all(
    in images: [DetectionImage], _ instances: [DetectionInstance], _ categories: [DetectionCategory]
  ) -> [DetectionFinding] {
    let name = { (instance: DetectionInstance) in
      "annotation \(instance.id) ('\(categories[instance.category].name)' in \(images[instance.image].fileName))"
    }
    let marked = Set(instances.map(\.image))
    let classes = Set(instances.map(\.category))
    return [
      make("boxes without area", instances.lazy.filter { !($0.box.width > 0 && $0.box.height > 0) }.map(name)),
      make(
        "boxes that reach out of their image", instances.lazy.filter { reachesOut($0.box, images[$0.image]) }.map(name)),
      make(
        "objects of a class that is stated to be absent",
        instances.lazy.filter { images[$0.image].negativeCategories.contains($0.category) }.map(name)),
      make("images without objects", images.indices.lazy.filter { !marked.contains($0) }.map { images[$0].fileName }),
      make(
        "classes without objects", categories.indices.lazy.filter { !classes.contains($0) }.map { categories[$0].name }),
      make("annotations whose id another one has", repeated(instances.map(\.id)).map(\.description)),
      make("file names that stand twice", repeated(images.map(\.fileName))),
    ].filter { $0.count > 0 }
  }

  private static func make(_ title: String, _ found: some Sequence<String>) -> DetectionFinding {
    var (count, examples) = (0, [String]())
    for text in found {
      count += 1
      if examples.count < DataCheck.exampleLimit { examples.append(text) }
    }
    return DetectionFinding(title: title, count: count, examples: examples)
  }

  private static func reachesOut(_ box: DetectionBox, _ image: DetectionImage) -> Bool {
    !(box.x >= -tolerance && box.y >= -tolerance && box.x + box.width <= Double(image.width) + tolerance
      && box.y + box.height <= Double(image.height) + tolerance)
  }

  private static func repeated<Element: Hashable>(_ names: [Element]) -> [Element] {
    var seen = Set<Element>(minimumCapacity: names.count)
    return names.filter { !seen.insert($0).inserted }
  }
}
