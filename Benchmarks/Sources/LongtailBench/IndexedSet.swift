import ArgumentParser
import Foundation
import Longtail

/// The large sets of `longtail-bench index`.
enum IndexedSet: String, CaseIterable, ExpressibleByArgument {
  case list
  case table
  case json
  case shards
  case folder

  /// Opens it as training does; the images of lists, tables and JSON files need not be there.
  func opened(at path: String) throws -> any ImageSource {
    try DataDirectory.open(path, options: DataDirectoryOptions(allowsEmptyClasses: true, allowsMissingImages: true))
      .training
  }

  /// Bytes of paths and labels.
  static func storedBytes(of images: any ImageSource) -> Int {
    switch images {
    case let list as ImageList: list.storedBytes
    case let folder as ImageFolder: folder.storedBytes
    case let indexed as IndexedImages: indexed.storedBytes
    case let shards as TarShards: shards.storedBytes
    default: 0
    }
  }

  /// Makes it: names of 32 hexadecimal digits in folders of three levels, as in iNaturalist 2018, classes in no order.
  func make(at path: String, records: Int, classes: Int) throws {
    switch self {
    case .list: try Self.write(path + "/train.txt", records, classes) { "\($1) \($0)\n" }
    case .table:
      try Self.write(path + "/train.csv", records, classes, head: "path,label,latitude,longitude,date\n") {
        "\($1),\($0),\($0 % 90).5,\($0 % 180).25,2018-05-\(10 + $0 % 20) 12:00:00\n"
      }
    case .json: try Self.makeJSON(path + "/train.json", records, classes)
    case .shards: try Self.makeShards(path, records, classes)
    case .folder: try Self.makeFolder(path, records, classes)
    }
  }

  private static func name(_ index: Int, _ label: Int, _ words: inout PhiloxStream) -> String {
    let digits = (0..<4).map { _ in String(words.next() | 0x1000_0000, radix: 16) }.joined()
    return "train_val2018/Plantae/\(label)/\(digits).jpg"
  }

  private static func write(
    _ file: String, _ records: Int, _ classes: Int, head: String = "", tail: String = "",
    line: (_ label: Int, _ name: String) -> String
  ) throws {
    try write(file, head: head, tail: tail, count: records) { index, words in
      let label = index < classes ? index : Int(words.next(below: UInt32(classes)))
      return line(label, name(index, label, &words))
    }
  }

  private static func write(
    _ file: String, head: String, tail: String, count: Int, line: (Int, inout PhiloxStream) throws -> String
  ) throws {
    try Data().write(to: URL(fileURLWithPath: file))
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
    defer { try? handle.close() }
    var words = PhiloxStream(Philox4x32(seed: 0, purpose: .drawing), 1)
    var text = head
    for index in 0..<count {
      text += try line(index, &words)
      if text.utf8.count > 1 << 20 {
        try handle.write(contentsOf: Data(text.utf8))
        text = ""
      }
    }
    try handle.write(contentsOf: Data((text + tail).utf8))
  }

  private static func makeJSON(_ file: String, _ records: Int, _ classes: Int) throws {
    var labels: [Int] = []
    let categories = (0..<classes).map {
      #"{"id": \#($0), "name": "Species \#($0)", "supercategory": "Plantae", "common_name": "Plant \#($0)"}"#
    }
    try write(
      file, head: #"{"info": {"year": 2021}, "images": ["#, tail: "", count: records
    ) { index, words in
      let label = index < classes ? index : Int(words.next(below: UInt32(classes)))
      labels.append(label)
      return (index > 0 ? ",\n" : "")
        + #"{"id": \#(index), "width": 500, "height": 375, "file_name": "\#(name(index, label, &words))", "license": 0, "#
        + #""rights_holder": "Somebody", "date": "2019-08-21 14:05:10+00:00", "latitude": \#(label % 90).25, "#
        + #""longitude": -\#(label % 180).5, "location_uncertainty": 10}"#
    }
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
    defer { try? handle.close() }
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("],\n\"annotations\": [".utf8))
    var text = ""
    for (index, label) in labels.enumerated() {
      text += (index > 0 ? ",\n" : "") + #"{"id": \#(index), "image_id": \#(index), "category_id": \#(label)}"#
    }
    text += "],\n\"categories\": [" + categories.joined(separator: ",") + "]}"
    try handle.write(contentsOf: Data(text.utf8))
  }

  /// Shards of ten thousand samples, each an image's first bytes and a label.
  private static func makeShards(_ path: String, _ records: Int, _ classes: Int) throws {
    let image = Array("\u{89}PNG".utf8) + [UInt8](repeating: 7, count: 200)
    var words = PhiloxStream(Philox4x32(seed: 0, purpose: .drawing), 1)
    for (shard, start) in stride(from: 0, to: records, by: 10_000).enumerated() {
      var bytes = Data()
      for index in start..<min(start + 10_000, records) {
        let label = index < classes ? index : Int(words.next(below: UInt32(classes)))
        bytes += TarBlock.file("\(index).png", image) + TarBlock.file("\(index).cls", Array("\(label)".utf8))
      }
      try (bytes + Data(count: 1024)).write(to: URL(fileURLWithPath: "\(path)/train-\(shard + 1000).tar"))
    }
  }

  private static func makeFolder(_ path: String, _ files: Int, _ classes: Int) throws {
    var words = PhiloxStream(Philox4x32(seed: 0, purpose: .drawing), 1)
    for label in 0..<classes {
      let folder = "\(path)/\(label)"
      guard mkdir(folder, 0o755) == 0 else { throw DataSourceError.unwritable(path: folder, reason: "mkdir") }
      for index in stride(from: label, to: files, by: classes) {
        let name = name(index, label, &words)
        let file = folder + "/" + name.suffix(36)
        let descriptor = open(file, O_CREAT | O_WRONLY, 0o644)
        guard descriptor >= 0 else {
          throw DataSourceError.unwritable(path: file, reason: String(cString: strerror(errno)))
        }
        close(descriptor)
      }
    }
  }
}

/// A member of a tar archive as bytes.
enum TarBlock {
  static func file(_ name: String, _ contents: [UInt8]) -> Data {
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, _ place: Int) { block.replaceSubrange(place..<(place + text.utf8.count), with: text.utf8) }
    put(name, 0)
    put(String(format: "%07o", 0o644), 100)
    put(String(format: "%011o", contents.count), 124)
    block[156] = UInt8(ascii: "0")
    put("ustar", 257)
    put("00", 263)
    put("        ", 148)
    put(String(format: "%06o", block.reduce(0) { $0 + Int($1) }), 148)
    block[154] = 0
    return Data(block + contents + [UInt8](repeating: 0, count: (512 - contents.count % 512) % 512))
  }
}
