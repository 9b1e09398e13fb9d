import Serialization

extension Segmentation {
  /// Reads polygons, or a mask with plain or compressed runs.
  init(_ json: inout JSONReader) throws {
    switch try json.kind() {
    case .null:
      _ = try json.takeNull()
      self = .none
    case .array: self = try Self.polygons(&json)
    default: self = .mask(try Self.mask(&json))
    }
  }

  private static func polygons(_ json: inout JSONReader) throws -> Segmentation {
    var polygons: [[Double]] = []
    try json.readArray { json in
      let polygon = try json.doubles()
      guard polygon.count >= 6, polygon.count % 2 == 0 else {
        throw json.error("a polygon of \(polygon.count) numbers ends here, expected x and y of at least three points")
      }
      polygons.append(polygon)
    }
    return polygons.isEmpty ? .none : .polygons(polygons)
  }

  private static func mask(_ json: inout JSONReader) throws -> RunLengthMask {
    var size: [Int] = []
    var (counts, text): ([Int]?, String?)
    try json.readObject { json, key in
      switch key {
      case "size": size = try json.integers()
      case "counts": if try json.kind() == .string { text = try json.string() } else { counts = try json.integers() }
      default: try json.skipValue()
      }
    }
    guard size.count == 2 else { throw json.error("a mask whose 'size' is not height and width ends here") }
    let runs = counts?.compactMap { UInt32(exactly: $0) }
    let mask =
      if let runs, runs.count == counts?.count {
        RunLengthMask(height: size[0], width: size[1], counts: runs)
      } else {
        text.flatMap { RunLengthMask(height: size[0], width: size[1], compressed: $0) }
      }
    guard let mask else {
      throw json.error("the runs of the mask that ends here do not fill \(size[1]) x \(size[0]) pixels")
    }
    return mask
  }
}
