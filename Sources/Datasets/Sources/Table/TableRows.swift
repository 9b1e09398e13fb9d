import Serialization

/// The rows of an image table while it is read.
struct TableRows {
  private let header: TableHeader
  private let file: String
  private var paths = PathTable()
  private var splits: [DataSplit] = []
  private var splitRule: TableSplits?
  /// The position of the class of each row in `texts`.
  private var classes: [Int] = []
  private var texts = ClassTexts()
  private var metadata: MetadataTable
  /// Rows that name no image: observations without a photograph, in tables of such.
  private(set) var rowsWithoutPath = 0

  init(_ header: TableHeader, _ columns: ImageTableColumns, file: String) throws {
    self.header = header
    self.file = file
    splitRule = try header.split.map { try TableSplits(column: header.names[$0], columns, file: file) }
    metadata = MetadataTable(fieldNames: header.kept.map { header.names[$0] })
  }

  var count: Int { classes.count }

  /// Adds the present row of a reader.
  mutating func append(_ row: borrowing CSVReader) throws {
    let line = row.line
    guard row.fieldCount == header.names.count else {
      throw problem(line, "\(row.fieldCount) fields, but the head has \(header.names.count)")
    }
    let hasPath = try row.withField(header.path) { bytes in
      let path = ByteText.trimming(bytes)
      guard let first = path.first else { return false }
      guard first != UInt8(ascii: "/") else { throw problem(line, "the path starts with a slash") }
      guard TextLines.isText(path) else { throw problem(line, "the path is not UTF-8 text; save the table as UTF-8") }
      try paths.append(path)
      return true
    }
    guard hasPath else {
      rowsWithoutPath += 1
      return
    }
    classes.append(try classPosition(of: row, line))
    if let column = header.split {
      let text = row.withField(column) { String(decoding: ByteText.trimming($0), as: UTF8.self) }
      splits.append(try splitRule?.split(of: text, line: line) ?? .train)
    } else {
      splits.append(.train)
    }
    try metadata.append(
      latitude: number(header.latitude, row), longitude: number(header.longitude, row),
      uncertainty: number(header.uncertainty, row),
      date: header.date.flatMap { row.field($0).isEmpty ? nil : row.field($0) })
    for (position, column) in header.kept.enumerated() {
      try row.withField(column) { try metadata.append($0, toField: position) }
    }
  }

  private mutating func classPosition(of row: borrowing CSVReader, _ line: Int) throws -> Int {
    switch header.label {
    case .column(let column):
      return try row.withField(column) { bytes in
        let text = ByteText.trimming(bytes)
        guard !text.isEmpty else { throw problem(line, "no class") }
        guard let position = texts.position(of: text) else {
          throw problem(line, "the class is not UTF-8 text; save the table as UTF-8")
        }
        return position
      }
    case .oneHot(let columns):
      var found: [Int] = []
      for column in columns {
        guard let isOn = TableHeader.isOn(row.field(column)) else {
          throw problem(
            line,
            "'\(row.field(column))' in column '\(header.names[column])', expected 0 or 1 as in the first row; name the column of "
              + "classes with --label-column")
        }
        if isOn { found.append(column) }
      }
      guard found.count == 1 else {
        throw problem(
          line,
          "\(found.count) of the \(columns.count) columns of classes (\(TableHeader.some(columns.map { header.names[$0] }))) are 1, "
            + "expected one class for each image")
      }
      var name = header.names[found[0]]
      return name.withUTF8 { texts.position(of: $0) ?? 0 }
    }
  }

  /// A cell that is no number counts as absent: such tables come from many hands.
  private func number(_ column: Int?, _ row: borrowing CSVReader) -> Double? {
    guard let column else { return nil }
    return row.withField(column) { ByteText.decimal(ByteText.trimming($0)) }
  }

  // MARK: Result

  /// The images of each split that has any.
  ///
  /// - Parameter needsTraining: whether a table without training rows is an error.
  func splits(root: String, classNames: [String]?, needsTraining: Bool) throws -> [DataSplit: IndexedImages] {
    try splitRule?.check(needsTraining: needsTraining)
    let (names, labelOfClass) = try texts.order(stated: classNames, place: file)
    var result: [DataSplit: IndexedImages] = [:]
    let hasMetadata = !metadata.isEmpty
    for split in Set(splits) {
      let rows = splits.indices.filter { splits[$0] == split }
      var part = PathTable()
      for row in rows { try part.append(paths[row]) }
      part.finish()
      result[split] = IndexedImages(
        root: root, classNames: names, labels: rows.map { labelOfClass[classes[$0]] }, paths: part,
        metadata: hasMetadata ? metadata(of: rows) : nil)
    }
    return result
  }

  private func metadata(of rows: [Int]) -> any MetadataSource {
    rows.count == count ? metadata : SelectedMetadata(base: metadata, originalIndices: rows)
  }

  private func problem(_ line: Int, _ text: String) -> DataSourceError {
    .malformed(file: file, place: "line \(line)", problem: text)
  }
}
