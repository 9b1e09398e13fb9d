/// Images named by a table of comma-, semicolon- or tab-separated values with a head line: path, class, and what else is known.
///
/// A column of splits parts the table into training, validation and test images. Classes are names, in byte-wise order, or numbers. Numbers
/// are indices if 0 is among them and the largest is below twice the number of different ones (a gap is an empty class); otherwise
/// they are identifiers, such as those of a taxonomy, and the class index is their rank. Columns with latitude, longitude and date, and
/// all other columns, become metadata. Rows without a path are left out and counted.
public struct ImageTable: Sendable {
  /// The table.
  public let file: String
  /// The training images; all images where the table has no column of splits.
  public let training: IndexedImages?
  /// The validation images.
  public let validation: IndexedImages?
  /// The test images.
  public let test: IndexedImages?
  /// Rows that were left out because they name no image.
  public let rowsWithoutPath: Int

  /// Reads a table; no image is opened.
  ///
  /// - Parameters:
  ///   - file: the table.
  ///   - root: the folder that its paths are relative to.
  ///   - columns: what the columns are called.
  ///   - classNames: the names of the classes in index order, when they are known.
  /// - Throws: `DataSourceError.malformed` with the line; `.emptyList`; `ImageCodecError` if the file cannot be read.
  public init(
    file: String, root: String, columns: ImageTableColumns = ImageTableColumns(), classNames: [String]? = nil
  ) throws {
    var reader = CSVReader(try ByteStream(contentsOf: file), separator: try Self.separator(of: file))
    var rows: TableRows
    do {
      guard try reader.next() else { throw DataSourceError.emptyList(file: file) }
      rows = TableRows(try TableHeader(reader.fields, columns, file: file), file: file)
      while try reader.next() {
        if !reader.isBlank { try rows.append(reader) }
      }
    } catch let error as CSVError {
      throw DataSourceError.malformed(file: file, place: "line \(error.line)", problem: error.problem)
    }
    guard rows.count > 0 else { throw DataSourceError.emptyList(file: file) }
    let splits = try rows.splits(root: root, classNames: classNames)
    self.file = file
    rowsWithoutPath = rows.rowsWithoutPath
    (training, validation, test) = (splits[.train], splits[.validation], splits[.test])
  }

  /// The names in the first row of a table; empty if it cannot be read.
  static func head(of file: String) -> [String] {
    guard let separator = try? separator(of: file), let stream = try? ByteStream(contentsOf: file, partSize: 1 << 14)
    else { return [] }
    var reader = CSVReader(stream, separator: separator)
    return (try? reader.next()) == true ? reader.fields : []
  }

  /// The separator that the first line has most of, outside quotes.
  private static func separator(of file: String) throws -> UInt8 {
    var stream = try ByteStream(contentsOf: file, partSize: 1 << 14)
    var counts: [UInt8: Int] = [:]
    var isQuoted = false
    while stream.offset < CSVReader.fieldLimit, let byte = stream.next(), byte != 0x0A || isQuoted {
      if byte == 0x22 { isQuoted.toggle() }
      if !isQuoted { counts[byte, default: 0] += 1 }
    }
    let separators = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09]
    return separators.max { counts[$0, default: 0] < counts[$1, default: 0] } ?? UInt8(ascii: ",")
  }
}
