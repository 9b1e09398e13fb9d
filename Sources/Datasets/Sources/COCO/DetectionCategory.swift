import Serialization

/// A class of objects.
public struct DetectionCategory: Sendable, Hashable, Codable {
  /// In how many training images per class of LVIS occurs. As the file states, never counted.
  public enum Frequency: String, Sendable, Hashable, Codable, CaseIterable {
    /// 1...10 training images.
    case rare = "r"
    /// 11...100 training images.
    case common = "c"
    /// More than 100 training images.
    case frequent = "f"
  }

  /// The identifier that the file uses.
  public var id: RecordIdentifier
  /// The name.
  public var name: String
  /// The group.
  public var supercategory: String?
  /// LVIS only.
  public var frequency: Frequency?
  /// The WordNet synset; LVIS only.
  public var synset: String?
  /// Training images with the class, as the file states; LVIS only.
  public var statedImageCount: Int?
  /// Training instances, as the file states; LVIS only.
  public var statedInstanceCount: Int?

  init(_ json: inout JSONReader) throws {
    var id: RecordIdentifier?
    var (imageCount, instanceCount): (Int?, Int?)
    var (name, group, synset): (String?, String?, String?)
    var frequency: Frequency?
    try json.readObject { json, key in
      switch key {
      case "id": id = try json.identifier()
      case "name": name = try json.kind() == .number ? String(json.integer()) : json.string()
      case "supercategory": group = try json.optionalString()
      case "synset": synset = try json.optionalString()
      case "image_count": imageCount = try json.optionalInteger()
      case "instance_count": instanceCount = try json.optionalInteger()
      case "frequency":
        guard let text = try json.optionalString() else { return }
        guard let known = Frequency(rawValue: text) else {
          throw json.error("frequency '\(text)', expected r, c or f")
        }
        frequency = known
      default: try json.skipValue()
      }
    }
    guard let id else { throw json.error("a category without 'id' ends here") }
    guard let name else { throw json.error("category \(id), which ends here, has no 'name'") }
    (self.id, self.name, supercategory) = (id, name, group)
    (self.frequency, self.synset) = (frequency, synset)
    (statedImageCount, statedInstanceCount) = (imageCount, instanceCount)
  }

  /// Reads a file that is a list of categories, such as the counts of LVIS.
  ///
  /// - Throws: `DataSourceError.malformed`.
  public static func list(contentsOf file: String) throws -> [DetectionCategory] {
    var json = try JSONReader(contentsOf: file)
    var categories: [DetectionCategory] = []
    try json.readArray { categories.append(try DetectionCategory(&$0)) }
    try json.finish()
    return categories
  }
}
