import LongtailTestSupport
import Serialization
import Testing

@Suite struct TableTests {
  private let awkward = [
    ["plain", "with, comma", "with \"quotes\""], ["line\nend", "carriage\r\nreturn", ""], ["", "", ""],
    ["é😀", " spaces ", "\"\""],
  ]

  @Test func valuesFollowTheStandard() {
    #expect(CSVFile.line(["a", "b,c", "d\"e", "f\ng", ""]) == "a,\"b,c\",\"d\"\"e\",\"f\ng\",\n")
  }

  @Test func readsWhatItWrote() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csv")
    try CSVFile.write(to: path, header: ["x", "y", "z"], rows: awkward)
    let rows = try CSVFile.read(path)
    #expect(rows.map(\.fields) == [["x", "y", "z"]] + awkward)
    #expect(rows.map(\.line) == [1, 2, 3, 6, 7])
  }

  @Test func writesManyRows() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csv")
    try CSVFile.write(to: path, header: ["n"], rows: (0..<20_000).lazy.map { ["\($0)"] })
    #expect(try CSVFile.read(path).map(\.fields) == [["n"]] + (0..<20_000).map { ["\($0)"] })
  }

  @Test(arguments: [("a,\"b\nc", 1), ("a\n\"b\"c\n", 2)])
  func namesTheLineOfWrongQuotes(text: String, line: Int) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(text, to: "a.csv")
    let error = #expect(throws: SerializationError.self) { try CSVFile.read(path) }
    guard case .malformed(path, "line \(line)", _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func readsOtherLineEnds() throws {
    let folder = try TemporaryFolder()
    #expect(try CSVFile.read(folder.write("a,b\r\n1,2", to: "a.csv")).map(\.fields) == [["a", "b"], ["1", "2"]])
    #expect(try CSVFile.read(folder.write("", to: "b.csv")).isEmpty)
  }

  /// A table of thousands of classes is printed line by line, not line by line by line.
  @Test(.timeLimit(.minutes(2))) func longTablesTakeNoLonger() {
    let count = 50_000
    var table = TextTable([.init("class"), .init("train", .right)])
    for index in 0..<count { table.append(["class \(index)", "\(index)"]) }
    #expect(table.plainText.count > count)
    #expect(table.markdown.count > count)
  }

  @Test func alignsTables() {
    var table = TextTable([.init("name"), .init("all", .right)])
    table.append(["a|b", "41.9"])
    table.append(["é"])
    table.notes = ["A remark."]
    #expect(
      table.plainText == """
        name   all
        ----  ----
        a|b   41.9
        é
        A remark.

        """)
    #expect(
      table.markdown == """
        | name |  all |
        | ---- | ---: |
        | a\\|b | 41.9 |
        | é    |      |

        A remark.

        """)
    #expect(table.csv == "name,all\na|b,41.9\né,\n")
  }
}
