import Serialization

/// The images of a bird archive in the order of `images.txt`.
struct BirdRecords {
  private(set) var paths = PathTable()
  /// The identifier of the class of each image.
  private(set) var classes: [String] = []
  private(set) var isTraining: [Bool] = []
  private var positions: [String: Int] = [:]

  init(_ files: BirdFiles) throws {
    try files.forEach(in: "images.txt") { number, id, path in
      let id = String(decoding: id, as: UTF8.self)
      guard positions.updateValue(paths.count, forKey: id) == nil else {
        throw files.problem("images.txt", number, "image '\(id)' stands twice")
      }
      guard path.first != UInt8(ascii: "/"), !path.isEmpty else {
        throw files.problem("images.txt", number, "expected a path relative to the folder 'images'")
      }
      try paths.append(path)
    }
    guard paths.count > 0 else { throw DataSourceError.emptyList(file: files.path("images.txt")) }
    classes = try column("image_class_labels.txt", files) { String(decoding: $0, as: UTF8.self) }
    isTraining = try column("train_test_split.txt", files) { bytes in
      switch String(decoding: bytes, as: UTF8.self) {
      case "1": true
      case "0": false
      default: nil
      }
    }
    guard isTraining.contains(true) else {
      throw DataSourceError.emptyList(file: files.path("train_test_split.txt"))
    }
  }

  /// The position of an image.
  func position(of id: UnsafeBufferPointer<UInt8>) -> Int? { positions[String(decoding: id, as: UTF8.self)] }

  /// The identifiers of the classes that images have, by rising number.
  var classOrder: [String] { Set(classes).sorted { (Int($0) ?? .max, $0) < (Int($1) ?? .max, $1) } }

  func labels(_ order: [String]) -> [Int] {
    let indices = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    return classes.map { indices[$0] ?? 0 }
  }

  /// The box of each image, where the folder has them.
  func boxes(_ files: BirdFiles) throws -> [BirdArchive.Box]? {
    guard DirectoryListing.isFile(files.path("bounding_boxes.txt")) else { return nil }
    return try column("bounding_boxes.txt", files) { bytes in
      let numbers = ByteText.fields(bytes).compactMap(ByteText.decimal)
      guard numbers.count == 4 else { return nil }
      return BirdArchive.Box(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
    }
  }

  /// A value for each image, from a file that has each of them once.
  private func column<Value>(
    _ name: String, _ files: BirdFiles, _ read: (UnsafeBufferPointer<UInt8>) -> Value?
  ) throws -> [Value] {
    var values = [Value?](repeating: nil, count: paths.count)
    try files.forEach(in: name) { number, id, rest in
      guard let position = position(of: id) else {
        throw files.problem(name, number, "image '\(String(decoding: id, as: UTF8.self))' is not in images.txt")
      }
      guard values[position] == nil else { throw files.problem(name, number, "this image stands twice") }
      guard let value = read(rest) else {
        throw files.problem(
          name, number, "'\(String(decoding: rest.prefix(60), as: UTF8.self))' is not what stands here")
      }
      values[position] = value
    }
    return try values.enumerated().map { position, value in
      guard let value else {
        throw DataSourceError.malformed(
          file: files.path(name), place: "the end", problem: "nothing was said of \(paths[position])")
      }
      return value
    }
  }
}
