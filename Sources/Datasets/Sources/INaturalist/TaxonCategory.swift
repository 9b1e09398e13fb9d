import Serialization

/// A class of an iNaturalist file.
public struct TaxonCategory: Sendable, Hashable, Codable {
  /// The identifier that annotations use.
  public var id: RecordIdentifier
  /// The scientific name; in the 2018 files a number, unless `categories.json` lies beside them.
  public var name: String
  /// The group, such as `Insecta`.
  public var supercategory: String?
  /// The everyday name; 2021 only.
  public var commonName: String?

  /// Reads an object of `categories`.
  init(_ json: inout JSONReader) throws {
    var id: RecordIdentifier?
    var (name, group, everyday): (String?, String?, String?)
    try json.readObject { json, key in
      switch key {
      case "id": id = try json.identifier()
      case "name": name = try json.kind() == .number ? String(json.integer()) : json.optionalString()
      case "supercategory": group = try json.optionalString()
      case "common_name": everyday = try json.optionalString()
      default: try json.skipValue()
      }
    }
    guard let id else { throw json.error("a category without 'id' ends here") }
    guard let name else { throw json.error("category \(id), which ends here, has no 'name'") }
    (self.id, self.name, supercategory, commonName) = (id, name, group, everyday)
  }

  /// Reads a file that is a list of categories, or an object that holds one.
  static func list(contentsOf file: String) throws -> [TaxonCategory] {
    var json = try JSONReader(contentsOf: file)
    var categories: [TaxonCategory] = []
    if try json.kind() == .array {
      try json.readArray { categories.append(try TaxonCategory(&$0)) }
    } else {
      try json.readObject { json, key in
        guard key == "categories" else { return try json.skipValue() }
        try json.readArray { categories.append(try TaxonCategory(&$0)) }
      }
    }
    try json.finish()
    return categories
  }

  /// Names that are all different: one that several classes share gets its group, or else its number, behind it.
  static func distinctNames(_ categories: [TaxonCategory]) -> [String] {
    func shared(_ names: [String]) -> Set<String> {
      var seen: Set<String> = []
      return Set(names.filter { !seen.insert($0).inserted })
    }
    var names = categories.map(\.name)
    var repeated = shared(names)
    for (index, category) in categories.enumerated() where repeated.contains(names[index]) {
      names[index] += " (\(category.supercategory ?? category.id.description))"
    }
    repeated = shared(names)
    for (index, category) in categories.enumerated() where repeated.contains(names[index]) {
      names[index] += " [\(category.id)]"
    }
    return names
  }
}
