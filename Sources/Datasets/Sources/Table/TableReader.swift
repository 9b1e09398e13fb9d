import Serialization

/// The rows of a table file: its encoding, separator and first lines are found out.
struct TableReader: ~Copyable {
  /// The rows; the head has been read.
  var rows: CSVReader
  /// The fields of the head.
  let head: [String]
  private static let partSize = 1 << 14
  /// A head with more columns is taken for a wrong separator or a table on its side.
  private static let mostColumns = 1 << 16

  /// Opens a table and reads its head. A line such as `sep=;`, which spreadsheets put above it, sets the separator.
  ///
  /// - Throws: `DataSourceError.emptyList` for an empty file, `SerializationError.malformed` for a head with wrong quotes or encoding.
  static func open(_ file: String) throws -> TableReader {
    let first = try firstLine(of: file)
    let stated = statedSeparator(in: first)
    var rows = CSVReader(try TextFile.stream(file), separator: stated ?? separator(of: first))
    if stated != nil { _ = try rows.next() }
    guard try rows.next() else { throw DataSourceError.emptyList(file: file) }
    guard rows.fieldCount <= mostColumns else {
      throw DataSourceError.malformed(
        file: file, place: "line 1",
        problem:
          "the head has \(rows.fieldCount) columns, but \(mostColumns) is the limit; a table has a row for each image"
      )
    }
    let head = rows.fields
    guard head.allSatisfy({ !$0.utf8.contains(0) }) else {
      throw DataSourceError.malformed(
        file: file, place: "line 1", problem: "the head has zero bytes; this is no text, or text in an unknown encoding"
      )
    }
    return TableReader(rows: rows, head: head)
  }

  private init(rows: consuming CSVReader, head: [String]) {
    self.rows = rows
    self.head = head
  }

  /// The first line with what is in quotes, at most as long as a field may be.
  private static func firstLine(of file: String) throws -> [UInt8] {
    var stream = try TextFile.stream(file, partSize: partSize)
    var line: [UInt8] = []
    var isQuoted = false
    while line.count < CSVReader.fieldLimit, let byte = stream.next() {
      if byte == 0x0A || byte == 0x0D, !isQuoted { break }
      if byte == 0x22 { isQuoted.toggle() }
      line.append(byte)
    }
    return line.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(line[3...]) : line
  }

  /// The separator of a line `sep=;`.
  private static func statedSeparator(in line: [UInt8]) -> UInt8? {
    let bare = line.filter { $0 != 0x22 }
    guard bare.count == 5, bare.prefix(4).elementsEqual("sep=".utf8) || bare.prefix(4).elementsEqual("SEP=".utf8) else {
      return nil
    }
    return bare[4]
  }

  /// The separator that the first line has most of, outside quotes.
  private static func separator(of line: [UInt8]) -> UInt8 {
    let separators = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09]
    var counts = [0, 0, 0]
    var isQuoted = false
    for byte in line {
      if byte == 0x22 { isQuoted.toggle() }
      guard !isQuoted else { continue }
      switch byte {
      case separators[0]: counts[0] += 1
      case separators[1]: counts[1] += 1
      case separators[2]: counts[2] += 1
      default: break
      }
    }
    return separators[counts.indices.max { counts[$0] < counts[$1] } ?? 0]
  }
}
