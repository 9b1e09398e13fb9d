import Serialization

/// `attributes/image_attribute_labels.txt` of CUB-200-2011: `<image> <attribute> <0|1> <certainty> <time>`, 312 attributes per image.
enum BirdAttributes {
  private static let valuesFile = "attributes/image_attribute_labels.txt"
  /// Attributes beyond this are taken for a damaged file.
  private static let limit = 1000

  /// 0 or 1 for each image and attribute; `nil` where the folder has none. Some published lines have a field too many; those after the third are
  /// not looked at.
  static func read(_ files: BirdFiles, _ records: BirdRecords) throws -> AttributeTable? {
    guard DirectoryListing.isFile(files.path(valuesFile)) else { return nil }
    var entries: [(image: Int32, attribute: Int32, value: Float)] = []
    var largest = 0
    var last: (id: [UInt8], position: Int)?
    try files.forEach(in: valuesFile) { number, id, rest in
      if last.map({ $0.id.elementsEqual(id) }) != true {
        guard let position = records.position(of: id) else {
          throw files.problem(valuesFile, number, "this image is not in images.txt")
        }
        last = (Array(id), position)
      }
      let fields = ByteText.fields(rest, limit: 3)
      guard fields.count >= 2, let attribute = ByteText.naturalNumber(fields[0]), (1...limit).contains(attribute),
        let value = ByteText.naturalNumber(fields[1]), value <= 1
      else { throw files.problem(valuesFile, number, "expected an attribute (1, 2, ...) and 0 or 1") }
      largest = max(largest, attribute)
      entries.append((Int32(last?.position ?? 0), Int32(attribute - 1), Float(value)))
    }
    guard largest > 0 else { return nil }
    var values = [Float](repeating: 0, count: records.paths.count * largest)
    for entry in entries { values[Int(entry.image) * largest + Int(entry.attribute)] = entry.value }
    return AttributeTable(attributeNames: try names(files, count: largest), values: values)
  }

  /// From `attributes.txt`, which the archive keeps beside its folder; numbers where there is none.
  private static func names(_ files: BirdFiles, count: Int) throws -> [String] {
    let places = ["attributes/attributes.txt", "attributes.txt", "../attributes.txt"]
    let table = try places.first { DirectoryListing.isFile(files.path($0)) }.map(files.table) ?? [:]
    return (1...count).map { table[String($0)] ?? "attribute \($0)" }
  }
}
