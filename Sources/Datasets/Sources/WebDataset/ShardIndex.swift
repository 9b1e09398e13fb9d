import FileAccess
import Serialization

/// What one shard holds: the samples of its members, as WebDataset groups them.
///
/// Members whose paths are equal up to the first dot of the file name make a sample: `a/0001.jpg`, `a/0001.cls`; they need not stand beside
/// each other. Samples are in the order of their first members. The image is the member with
/// an image suffix. The class is the text of a `.cls` member, or else `label`, `class`, `cls`, `class_name`, `category` or `category_id` of a
/// `.json` member, or else the folder of the image.
struct ShardIndex: Sendable {
  /// The path of each image in the shard.
  private(set) var names = TextArena()
  private(set) var offsets: [Int] = []
  private(set) var sizes: [UInt32] = []
  /// The class of each image, as text.
  private(set) var classes: [String] = []
  /// Samples without an image; they are left out.
  private(set) var imagelessCount = 0

  /// Reads the headers of a shard, and its labels.
  ///
  /// - Throws: `DataSourceError.malformed`.
  init(_ path: String) throws {
    let file = try InputFile(path)
    var archive = try TarArchive(path)
    var samples: [Sample] = []
    var positions: [String: Int] = [:]
    try archive.members { member in
      let (key, suffix) = Self.parts(of: member.name)
      guard !key.isEmpty else { return }
      let position = positions[key] ?? samples.count
      if position == samples.count {
        samples.append(Sample(key: key))
        positions[key] = position
      }
      guard samples[position].members.updateValue(member, forKey: suffix) == nil else {
        throw DataSourceError.malformed(
          file: path, place: "byte \(member.offset)", problem: "sample '\(key)' has two members '.\(suffix)'")
      }
    }
    for sample in samples { try add(sample, file) }
    names.shrink()
  }

  /// Forgets the texts of the classes, when labels have taken their place.
  mutating func dropClasses() { classes = [] }

  private struct Sample {
    var key = ""
    var members: [String: TarMember] = [:]
  }

  /// Path up to the first dot of the file name, and what follows in small letters; hidden files have no key.
  private static func parts(of name: String) -> (key: String, suffix: String) {
    let path = name.hasPrefix("./") ? String(name.dropFirst(2)) : name
    let start = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path.utf8.index(after: $0) } ?? path.startIndex
    guard let dot = path.utf8[start...].firstIndex(of: UInt8(ascii: ".")), dot > start else { return ("", "") }
    return (String(path[..<dot]), path[path.utf8.index(after: dot)...].lowercased())
  }

  private mutating func add(_ sample: Sample, _ file: InputFile) throws {
    guard !sample.members.isEmpty else { return }
    // The last part of a suffix tells the format: `0001.left.jpg`.
    let images = sample.members.filter { suffix, _ in
      ImageFolder.suffixes.contains(String(suffix.split(separator: ".").last ?? ""))
    }
    guard let (suffix, image) = images.min(by: { $0.value.offset < $1.value.offset }) else {
      imagelessCount += 1
      return
    }
    func problem(_ text: String) -> DataSourceError {
      .malformed(file: file.path, place: "byte \(image.offset)", problem: "sample '\(sample.key)' \(text)")
    }
    guard images.count == 1 else {
      let suffixes = images.keys.sorted()
      throw problem(
        "has \(images.count) images (\(suffixes.prefix(4).map { "." + $0 }.joined(separator: ", "))"
          + "\(suffixes.count > 4 ? ", ..." : "")), expected one; a sample is what has the same name up to the first dot, so pack the files "
          + "under names without further dots")
    }
    guard let size = UInt32(exactly: image.size) else { throw problem("has an image of more than 4 GiB") }
    guard let label = try label(of: sample, file, problem) else {
      throw problem("has no class: no .cls member, no label in a .json member, no folder")
    }
    try names.append(sample.key + "." + suffix)
    offsets.append(image.offset)
    sizes.append(size)
    classes.append(label)
  }

  private func label(
    of sample: Sample, _ file: InputFile, _ problem: (String) -> DataSourceError
  ) throws -> String? {
    if let member = sample.members["cls"] {
      guard member.size <= 4096,
        let text = String(validating: try file.bytes(at: member.offset, count: member.size), as: UTF8.self)
      else { throw problem("has a .cls member that is no short text") }
      let trimmed = String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
      guard !trimmed.isEmpty else { throw problem("has an empty .cls member") }
      return trimmed
    }
    if let member = sample.members["json"] {
      guard member.size <= 1 << 20 else { throw problem("has a .json member of more than 1 MiB") }
      let stream = ByteStream(
        try file.bytes(at: member.offset, count: member.size), name: file.path + ":" + member.name)
      if let label = try Self.label(JSONReader(stream)) { return label }
    }
    let folder = PathTable.lastPart(of: String(sample.key.split(separator: "/").dropLast().joined(separator: "/")))
    return folder.isEmpty ? nil : String(folder)
  }

  private static let labelKeys: Set<String> = ["label", "class", "cls", "class_name", "category", "category_id"]

  private static func label(_ json: consuming JSONReader) throws -> String? {
    var json = json
    var found: String?
    try json.readObject { json, key in
      guard labelKeys.contains(key), found == nil else { return try json.skipValue() }
      switch try json.kind() {
      case .string: found = try json.string()
      case .number: found = String(try json.integer())
      default: try json.skipValue()
      }
    }
    try json.finish()
    return found
  }
}
