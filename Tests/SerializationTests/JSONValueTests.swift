import Serialization
import Testing

@Suite struct JSONValueTests {
  @Test func keepsOrderIntegersAndText() throws {
    let text = #"{"b": 1, "a": [1.5, -2, true, null, "x\"\\\né😀"], "empty": {}, "list": []}"#
    let value = try JSONValue(parsing: text)
    #expect(value.objectValue?.keys == ["b", "a", "empty", "list"])
    #expect(value.compactText == text)
    #expect(try JSONValue(parsing: value.indentedText) == value)
  }

  @Test func readsEscapes() throws {
    #expect(try JSONValue(parsing: #""\u0041\u00e9\ud83d\ude00\t\/""#) == .string("Aé😀\t/"))
    #expect(try JSONValue(parsing: JSONValue.string("\u{1}\u{1f}").compactText) == .string("\u{1}\u{1f}"))
  }

  @Test func indentsObjectsAndKeepsPlainListsOnOneLine() {
    let value: JSONValue = ["a": [1, 2], "b": ["c": 0.5], "d": [["e": 1]]]
    #expect(
      value.indentedText == """
        {
          "a": [1, 2],
          "b": {
            "c": 0.5
          },
          "d": [
            {
              "e": 1
            }
          ]
        }

        """)
  }

  @Test func numbersThatAreNotFiniteBecomeTexts() throws {
    for number in [Double.infinity, -.infinity] {
      #expect(try JSONValue(parsing: JSONValue.number(number).compactText).doubleValue == number)
    }
    #expect(try JSONValue(parsing: JSONValue.number(.nan).compactText).doubleValue?.isNaN == true)
  }

  @Test(arguments: [
    ("", 1, 1), ("{", 1, 2), ("[1,]", 1, 4), ("{\"a\":1,\n\"a\":2}", 2, 4), ("[1] x", 1, 5), ("01", 1, 2), ("1.", 1, 3),
    ("\"\u{1}\"", 1, 2), ("\"abc", 1, 5), ("nul", 1, 4), ("{a:1}", 1, 2), ("\"\\ud800\"", 1, 8), ("1e999", 1, 6),
    ("\"\\x\"", 1, 4), ("{\"a\" 1}", 1, 6), ("-", 1, 2),
  ])
  func refusesWhatIsNotJSON(text: String, line: Int, column: Int) {
    let error = #expect(throws: SerializationError.self) { try JSONValue(parsing: text, from: "a.json") }
    #expect(error?.description.hasPrefix("a.json, line \(line), column \(column): ") == true)
  }

  @Test func refusesEndlessNesting() {
    #expect(throws: SerializationError.self) { try JSONValue(parsing: String(repeating: "[", count: 1_000_000)) }
  }

  @Test func refusesAByteOrderMark() {
    #expect(throws: SerializationError.self) { try JSONValue(parsing: "\u{FEFF}[]") }
  }

  @Test func readsNumbersToTheirLimits() throws {
    #expect(try JSONValue(parsing: "[9223372036854775807, -9223372036854775808]") == [.integer(.max), .integer(.min)])
    #expect(try JSONValue(parsing: "[9223372036854775808, 1.0]") == [.number(9223372036854775808), .number(1)])
  }

  @Test func refusesTextThatIsNotUTF8() {
    let bytes: [UInt8] = [0x22, 0xFF, 0x22]
    #expect(throws: SerializationError.self) { try bytes.withUnsafeBytes { try JSONValue(parsing: $0) } }
  }

  @Test func replacingAMemberKeepsItsPlace() {
    var object: JSONObject = ["a": 1, "b": 2]
    object["a"] = 3
    object["c"] = nil
    #expect(object.members.map(\.key) == ["a", "b"])
    object["a"] = nil
    #expect(object.keys == ["b"])
    #expect(object == ["b": 2])
  }
}
