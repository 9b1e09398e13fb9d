import Serialization

/// Images named by a table of comma-, semicolon- or tab-separated values with a head line: path, class, and what else is known.
///
/// A column of splits parts the table into training, validation and test images. Classes are names, in byte-wise order, or numbers (`0`, `17`;
/// a text with leading zeros such as `00501` is a name). Numbers are indices if 0 is among them and the largest is below twice the number of different ones (a gap is an empty class); otherwise
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
    try self.init(file: file, root: root, columns: columns, classNames: classNames, needsTraining: false)
  }

  /// Reads a table that must have training rows, where `needsTraining` says so.
  init(file: String, root: String, columns: ImageTableColumns, classNames: [String]?, needsTraining: Bool) throws {
    var reader = try TableReader.open(file)
    var rows: TableRows?
    while try reader.rows.next() {
      guard !reader.rows.isBlank else { continue }
      if rows == nil {
        let header = try TableHeader(reader.head, firstRow: reader.rows.fields, columns, file: file)
        rows = try TableRows(header, columns, file: file)
      }
      try rows?.append(reader.rows)
    }
    guard let rows, rows.count > 0 else {
      // A head that cannot be used is the first failure.
      if rows == nil { _ = try TableHeader(reader.head, columns, file: file) }
      throw DataSourceError.emptyList(file: file)
    }
    let splits = try rows.splits(root: root, classNames: classNames, needsTraining: needsTraining)
    self.file = file
    rowsWithoutPath = rows.rowsWithoutPath
    (training, validation, test) = (splits[.train], splits[.validation], splits[.test])
  }
}
