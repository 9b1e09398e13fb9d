import LongtailTestSupport
import Serialization
import Testing

@Suite struct TextReaderTests {
  private func decimal(_ text: String) -> Double? { Array(text.utf8).withUnsafeBufferPointer { ByteText.decimal($0) } }
  private func integer(_ text: String) -> Int? { Array(text.utf8).withUnsafeBufferPointer { ByteText.integer($0) } }

  /// Bit for bit what the standard library reads.
  @Test func decimalsAreExact() {
    withRandomCases(2000) { generator in
      let digits = Int.random(in: 0...12, using: &generator)
      let value = Double.random(in: -200...200, using: &generator)
      let text =
        Bool.random(using: &generator)
        ? "\(value)"
        : "\(Int(value * 1e6)).\(String(Int.random(in: 0..<1_000_000, using: &generator)).prefix(digits + 1))"
      #expect(decimal(text) == Double(text), "\(text)")
    }
    for text in ["0", "-0", "1.", ".5", "1e3", "1E-7", "123456789012345678", "0.1", "-122.41941234567891"] {
      #expect(decimal(text)?.bitPattern == Double(text)?.bitPattern, "\(text)")
    }
    for text in ["", "-", ".", "nan", "inf", "0x1p3", "1e400", "1,5", "+1", "1 "] {
      #expect(decimal(text) == nil, "\(text)")
    }
  }

  @Test func integersHaveBounds() {
    #expect(integer("9223372036854775807") == .max)
    #expect(integer("-9223372036854775807") == -.max)
    for text in ["9223372036854775808", "99999999999999999999", "", "-", "1.0", "+1"] { #expect(integer(text) == nil) }
  }

  // MARK: CSV

  private func rows(_ text: String, separator: UInt8 = 0x2C) throws -> [[String]] {
    var reader = CSVReader(ByteStream(Array(text.utf8), name: "t"), separator: separator)
    var rows: [[String]] = []
    while try reader.next() { rows.append(reader.fields) }
    return rows
  }

  @Test func csvRows() throws {
    #expect(
      try rows("\u{FEFF}a,b\r\n\"x, \"\"y\"\"\n\",\n\nlast") == [["a", "b"], ["x, \"y\"\n", ""], [""], ["last"]])
    #expect(try rows("a;b\n", separator: UInt8(ascii: ";")) == [["a", "b"]])
    #expect(try rows("").isEmpty)
    #expect(
      throws: SerializationError.malformed(path: "t", place: "line 2", reason: "a quote that opens here is not closed")
    ) { try rows("a\n\"b\nc") }
    #expect(throws: SerializationError.self) { try rows("\"a\"b\n") }
    let long = String(repeating: "x", count: CSVReader.fieldLimit + 1)
    #expect(throws: SerializationError.self) { try rows("a,\"" + long) }
    #expect(throws: SerializationError.self) { try rows("a," + long) }
  }

  /// What is written comes back, whatever the parts in which the file is read.
  @Test func csvRoundTrip() throws {
    let folder = try TemporaryFolder()
    try withRandomCases(30) { generator in
      let letters = ["a", ",", "\"", "\n", "é", " ", "\r\n", "😀"]
      let table = (0..<Int.random(in: 1...20, using: &generator)).map { _ in
        (0..<3).map { _ in
          (0..<Int.random(in: 0...6, using: &generator)).map { _ in letters[Int.random(in: 0..<8, using: &generator)] }
            .joined()
        }
      }
      let text = table.map { row in
        row.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: ",") + "\n"
      }.joined()
      try folder.write(text, to: "t.csv")
      for size in [1, 3, 1000] {
        var reader = CSVReader(try ByteStream(contentsOf: folder.path + "/t.csv", partSize: size))
        var read: [[String]] = []
        while try reader.next() { read.append(reader.fields) }
        #expect(read == table)
      }
    }
  }

  // MARK: JSON

  private func skim(_ text: String) throws {
    var json = JSONReader(ByteStream(Array(text.utf8), name: "t.json"))
    try json.skipValue()
    try json.finish()
  }

  @Test func jsonValues() throws {
    var json = JSONReader(
      ByteStream(Array(#" {"a": [1, -2.0, 3e2], "b": "x\n\u00e9\ud83d\ude00", "c": null, "d": true} "#.utf8), name: "t")
    )
    var found: [String] = []
    try json.readObject { json, key in
      switch key {
      case "a": found.append("\(try json.integers())")
      case "b": found.append(try json.string())
      case "c": found.append("\(try json.optionalDouble() == nil)")
      default: found.append("\(try json.bool())")
      }
    }
    try json.finish()
    #expect(found == ["[1, -2, 300]", "x\né😀", "true", "true"])
  }

  @Test(arguments: [
    ("{", 1, 2), ("[1,]", 1, 4), ("[01]", 1, 3), ("{\"a\" 1}", 1, 6), ("\n\n  nul", 3, 6), ("[1] x", 1, 5),
    ("\"\u{1}\"", 1, 2),
    ("\"\\x\"", 1, 4), ("\"\\ud800\"", 1, 8), ("[-]", 1, 3), ("[1.]", 1, 4), ("", 1, 1), ("\"abc", 1, 5),
  ])
  func jsonErrorsHaveAPlace(text: String, line: Int, column: Int) throws {
    let error = #expect(throws: SerializationError.self) { try skim(text) }
    #expect(
      error?.description.hasPrefix("t.json, line \(line), column \(column): ") == true, "\(String(describing: error))")
  }

  @Test func jsonDepthIsBounded() throws {
    try skim(String(repeating: "[", count: 128) + String(repeating: "]", count: 128))
    #expect(throws: SerializationError.self) { try skim(String(repeating: "[", count: 100_000)) }
    #expect(throws: SerializationError.self) { try skim("[" + String(repeating: "9", count: 500) + "]") }
  }

  /// The place stays right when the file is read in parts.
  @Test func placesSurviveParts() throws {
    let folder = try TemporaryFolder()
    try folder.write("{\"a\": [1,\n 2,\n   x]}", to: "t.json")
    for size in [1, 2, 7, 100] {
      let error = #expect(throws: SerializationError.self) {
        var json = JSONReader(try ByteStream(contentsOf: folder.path + "/t.json", partSize: size))
        try json.skipValue()
      }
      #expect(error?.description.contains("line 3, column 4: ") == true, "\(String(describing: error))")
    }
  }
}
