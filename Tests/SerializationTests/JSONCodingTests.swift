import LongtailTestSupport
import Serialization
import Testing

@Suite struct JSONCodingTests {
  private struct Everything: Codable, Equatable {
    var flag = true
    var text = "a"
    var number = 0.1
    var small: Float = 0.1
    var bytes: [UInt8] = [0, 255]
    var optionals: [Int?] = [1, nil]
    var missing: String?
    var dictionary = ["b": 1, "a": 2]
    var json: JSONObject = ["z": 1, "a": [1.5, nil]]
    var nested = [[1], []]
    var seed: UInt64 = 5
  }

  @Test func keepsDeclarationOrderAndShortestNumbers() throws {
    #expect(
      try JSONValue(encoding: Everything()).compactText
        == #"{"flag": true, "text": "a", "number": 0.1, "small": 0.1, "bytes": [0, 255], "optionals": [1, null], "#
        + #""missing": null, "dictionary": {"a": 2, "b": 1}, "json": {"z": 1, "a": [1.5, null]}, "nested": [[1], []], "#
        + #""seed": 5}"#)
  }

  @Test func decodesWhatItEncoded() throws {
    let value = try JSONValue(encoding: Everything())
    #expect(try value.decode(Everything.self) == Everything())
    #expect(try value.decode(Everything.self).json.keys == ["z", "a"])
    #expect(try JSONValue(encoding: [Double.infinity]).decode([Double].self) == [.infinity])
  }

  @Test func refusesWhatDoesNotFit() throws {
    #expect(throws: EncodingError.self) { try JSONValue(encoding: UInt64.max) }
    #expect(
      throws: SerializationError.malformed(
        path: "JSON", reason: "'[1]': expected an integer from 0 to 255, found the integer 256")
    ) { try JSONValue.array([1, 256]).decode([UInt8].self) }
  }

  /// Work that grew with the square of the length would take hours here.
  @Test(.timeLimit(.minutes(2)), arguments: ["list", "dictionary", "list of groups", "list of lists"])
  func longCollectionsTakeNoLonger(kind: String) throws {
    func check(_ value: some Codable & Equatable) throws {
      #expect(try JSONValue(encoding: value).decode(type(of: value).self) == value)
    }
    let count = 100_000
    switch kind {
    case "list": try check(Array(0..<count))
    case "dictionary": try check(Dictionary(uniqueKeysWithValues: (0..<count).map { ("class \($0)", $0) }))
    case "list of groups": try check((0..<count).map { PairedLabels(truth: $0, predicted: 0) })
    default: try check((0..<count).map { [$0, 1] })
    }
  }

  private struct PairedLabels: Codable, Equatable {
    var truth: Int
    var predicted: Int
  }
}
