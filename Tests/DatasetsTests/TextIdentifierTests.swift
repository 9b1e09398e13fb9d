import Datasets
import Foundation
import LongtailTestSupport
import Testing

/// Text stays text: labels with leading zeros, identifiers that are no numbers, JSON with a byte order mark.
@Suite struct TextIdentifierTests {
  private func training(_ labels: [String], names: [String]? = nil) throws -> IndexedImages {
    let folder = try TemporaryFolder()
    let rows = labels.enumerated().map { "\($0).png,\($1)\n" }.joined()
    try folder.write("path,label\n" + rows, to: "t.csv")
    return try #require(try ImageTable(file: folder.path + "/t.csv", root: "/", classNames: names).training)
  }

  @Test(arguments: [
    (["00501", "02138", "10001"], ["00501", "02138", "10001"]), (["0", "00", "1"], ["0", "00", "1"]),
    (["01", "1"], ["01", "1"]),
    (["007", "7", "07"], ["007", "07", "7"]), (["0", "1", "2.0"], ["0", "1", "2.0"]), (["-1", "0"], ["-1", "0"]),
    (["0", "2", "1"], ["0", "1", "2"]), (["10", "9"], ["9", "10"]),
  ])
  func labelsWithLeadingZerosAreNames(labels: [String], names: [String]) throws {
    let images = try training(labels)
    #expect(images.classNames == names)
    #expect(images.labels.map { names[$0] } == labels)
  }

  @Test func statedNamesAreNoIndices() throws {
    #expect(try training(["1", "0"], names: ["ant", "bee"]).labels == [1, 0])
    #expect(throws: DataSourceError.self) { try training(["01", "00"], names: ["ant", "bee"]) }
    #expect(try training(["01", "00"], names: ["00", "01"]).labels == [1, 0])
  }

  // MARK: JSON

  /// A file whose images, annotations and classes have these identifiers, as JSON writes them.
  private func json(_ images: [String], _ categories: [String]) -> String {
    var parts: (images: [String], annotations: [String]) = ([], [])
    for (index, id) in images.enumerated() {
      let category = categories[index % categories.count]
      parts.images.append(#"{"id": \#(id), "file_name": "\#(index).png", "datetime": "2020-01-0\#(index + 1)"}"#)
      parts.annotations.append(#"{"id": "a\#(index)", "image_id": \#(id), "category_id": \#(category)}"#)
    }
    let classes = categories.map { #"{"id": \#($0), "name": "class \#($0.replacing("\"", with: ""))"}"# }
    return """
      {"images": [\(parts.images.joined(separator: ", "))],
       "annotations": [\(parts.annotations.joined(separator: ", "))],
       "categories": [\(classes.joined(separator: ", "))]}
      """
  }

  private func utf16(_ text: String) -> [UInt8] {
    ([0xFEFF] + Array(text.utf16)).flatMap { unit -> [UInt8] in [UInt8(unit & 255), UInt8(unit >> 8)] }
  }

  @Test(arguments: [
    (["\"5996f000-23d2\"", "\"5996f001-23d2\"", "\"x/y.z\""], ["0", "1"]), (["1", "2", "3"], ["\"deer\"", "\"fox\""]),
    (["\"007\"", "\"7\"", "70"], ["1", "\"01\""]),
    (["98765432109876543210", "98765432109876543211", "5"], ["-4", "9007199254740993"]),
    (["\"\\u00e9\"", "\"b\"", "\"\""], ["\"b\"", "\"a\""]),
  ])
  func identifiersMayBeText(images: [String], categories: [String]) throws {
    let folder = try TemporaryFolder()
    try folder.write(json(images, categories), to: "train.json")
    for index in 0..<3 { try folder.writeImage("\(index).png", tone: index) }
    let data = try DataDirectory.open(folder.path)
    #expect(data.kind == .iNaturalist)
    #expect(data.training.count == 3)
    let names = data.training.labels.map { data.classNames[$0] }
    #expect(names == (0..<3).map { "class " + categories[$0 % 2].replacing("\"", with: "") })
    #expect(data.training.metadata?.metadata(at: 2).date == "2020-01-03")
  }

  /// A number in quotes and the number are one key; what is unknown or stands twice is named.
  @Test func keysAreMatchedByTheirText() throws {
    let folder = try TemporaryFolder()
    let text = json(["\"1\"", "\"b\""], ["0", "1"])
    func open(_ old: String, _ new: String) throws -> INaturalistFile {
      try folder.write(text.replacing(old, with: new), to: "train.json")
      return try INaturalistFile(file: folder.path + "/train.json", root: "/")
    }
    let read = try open("\"image_id\": \"1\"", "\"image_id\": 1")
    #expect(read.imageIDs == [1, "b"])
    #expect(read.images.labels == [0, 1])
    for (old, new, problem) in [
      ("\"image_id\": \"b\"", "\"image_id\": \"c\"", "annotation 1: there is no image 'c'"),
      ("\"id\": \"b\"", "\"id\": 1", "two have the id 1"),
      ("\"id\": \"b\"", "\"id\": null", "expected a whole number or text for 'id', found 'n'"),
      ("\"category_id\": 1", "\"category_id\": true", "expected a whole number or text for 'category_id', found 't'"),
    ] {
      let message = try refusal { try open(old, new) }
      #expect(message.contains(problem), "\(message)")
    }
  }

  @Test func markedObjectsWithTextIdentifiers() throws {
    let folder = try TemporaryFolder()
    let text = SmallSets.coco.replacing("\"image_id\": 7", with: "\"image_id\": \"seven\"").replacing(
      "{\"id\": 7,", with: "{\"id\": \"seven\",")
    try folder.write(text, to: "instances.json")
    let annotations = try DetectionAnnotations(contentsOf: folder.path + "/instances.json")
    #expect(annotations.images.map(\.id) == ["seven", 5])
    #expect(annotations.instances.map(\.image) == [0, 0, 1])
  }

  @Test func byteOrderMarks() throws {
    let folder = try TemporaryFolder()
    for index in 0..<2 { try folder.writeImage("\(index).png", tone: index) }
    let text = json(["1", "2"], ["0", "1"])
    for bytes in [[0xEF, 0xBB, 0xBF] + Array(text.utf8), utf16(text)] {
      try folder.write(bytes, to: "train.json")
      #expect(try DataDirectory.open(folder.path).training.labels == [0, 1])
    }
    // Lists and class names too.
    try FileManager.default.removeItem(atPath: folder.path + "/train.json")
    try folder.write([0xEF, 0xBB, 0xBF] + Array("0.png 0\r1.png 1\r".utf8), to: "train.txt")
    try folder.write(utf16("ant\nbee\n"), to: "classes.txt")
    let lists = try DataDirectory.open(folder.path)
    #expect(lists.classNames == ["ant", "bee"])
    #expect(lists.training.labels == [0, 1])
  }

  // MARK: Shards

  private func shard(_ members: [(String, [UInt8])]) throws -> TarShards {
    let folder = try TemporaryFolder()
    var tar = TarWriter()
    for (name, bytes) in members { tar.add(name, bytes) }
    tar.finish()
    try folder.write(tar.bytes, to: "train-000.tar")
    return try TarShards(files: [folder.path + "/train-000.tar"])
  }

  @Test func membersApartAreOneSample() throws {
    let image: [UInt8] = [1, 2, 3]
    let apart = try shard([("0.png", image), ("1.png", image), ("0.cls", [0x62]), ("1.cls", [0x61])])
    #expect(apart.classNames == ["a", "b"])
    #expect(apart.labels == [1, 0])
    #expect((0..<2).map(apart.name) == ["train-000.tar:0.png", "train-000.tar:1.png"])
    let json = try shard([
      ("x/0.json", Array("\u{FEFF}{\"label\": \"007\"}".utf8)), ("y/0.cls", [0x62]), ("y/0.png", image),
      ("x/0.png", image),
    ])
    #expect(json.classNames == ["007", "b"])
    #expect(json.labels == [0, 1])
  }

  /// The message has the same position every time, and names the reason.
  @Test func namesWithFurtherDots() throws {
    let members = (0..<6).flatMap { [("22.0\($0).png", [UInt8]([1])), ("22.0\($0).cls", [0x30])] }
    var messages = Set<String>()
    for _ in 0..<5 {
      let error = #expect(throws: DataSourceError.self) { try shard(members) }
      guard case .malformed(_, let place, let problem) = error else { continue }
      messages.insert(place + ": " + problem)
    }
    #expect(messages.count == 1)
    #expect(
      messages.first?.hasPrefix("byte 512: sample '22' has 6 images (.00.png, .01.png, .02.png, .03.png, ...)") == true)
    #expect(messages.first?.contains("first dot") == true)
  }
}
