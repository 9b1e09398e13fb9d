/// The rows of an image table while it is read.
struct TableRows {
  private let header: TableHeader
  private let file: String
  private var paths = PathTable()
  private var splits: [DataSplit] = []
  /// The position of the class of each row in `texts`.
  private var classes: [Int] = []
  private var texts = ClassTexts()
  private var metadata: MetadataTable
  /// Rows that name no image: observations without a photograph, in tables of such.
  private(set) var rowsWithoutPath = 0

  init(_ header: TableHeader, file: String) {
    self.header = header
    self.file = file
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
      guard TextLines.isText(path) else { throw problem(line, "the path is not UTF-8 text") }
      try paths.append(path)
      return true
    }
    guard hasPath else {
      rowsWithoutPath += 1
      return
    }
    classes.append(try classPosition(of: row, line))
    splits.append(try split(of: row, line))
    try metadata.append(
      latitude: number(header.latitude, row), longitude: number(header.longitude, row),
      uncertainty: number(header.uncertainty, row),
      date: header.date.flatMap { row.field($0).isEmpty ? nil : row.field($0) },
      fields: header.kept.map { row.field($0) })
  }

  private mutating func classPosition(of row: borrowing CSVReader, _ line: Int) throws -> Int {
    try row.withField(header.label) { bytes in
      let text = ByteText.trimming(bytes)
      guard !text.isEmpty else { throw problem(line, "no class") }
      guard let position = texts.position(of: text) else { throw problem(line, "the class is not UTF-8 text") }
      return position
    }
  }

  private func split(of row: borrowing CSVReader, _ line: Int) throws -> DataSplit {
    guard let column = header.split else { return .train }
    let text = row.field(column)
    guard let split = DataSplit(named: text) else {
      throw problem(line, "split '\(text)', expected train, validation (val, valid, dev) or test")
    }
    return split
  }

  /// A cell that is no number counts as absent: such tables come from many hands.
  private func number(_ column: Int?, _ row: borrowing CSVReader) -> Double? {
    guard let column else { return nil }
    return row.withField(column) { ByteText.decimal(ByteText.trimming($0)) }
  }

  // MARK: Result

  /// The images of each split that has any.
  func splits(root: String, classNames: [String]?) throws -> [DataSplit: IndexedImages] {
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
