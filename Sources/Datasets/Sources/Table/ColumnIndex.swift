/// Finds columns by their names.
struct ColumnIndex {
  private var exact: [String: Int] = [:]
  /// By letters and digits alone, in small letters; the first column of each.
  private var plain: [String: Int] = [:]

  init(_ names: [String]) {
    exact.reserveCapacity(names.count)
    plain.reserveCapacity(names.count)
    for (position, name) in names.enumerated() where !name.isEmpty {
      if exact[name] == nil { exact[name] = position }
      let key = Self.plain(name)
      if plain[key] == nil { plain[key] = position }
    }
  }

  /// The column that a user names: exactly, or but for case, spaces and punctuation.
  subscript(name: String) -> Int? { exact[name] ?? plain[Self.plain(name)] }

  /// The column with a usual name.
  subscript(usual name: String) -> Int? { plain[Self.plain(name)] }

  /// `Image ID` and `image_id` are one name.
  private static func plain(_ name: String) -> String {
    let kept = name.utf8.compactMap { byte -> UInt8? in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...: byte
      default: nil
      }
    }
    return String(decoding: kept, as: UTF8.self)
  }
}
