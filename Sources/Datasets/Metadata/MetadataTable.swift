/// Metadata in columns: a column exists only if the data have it, and a value takes no more than its own bytes.
struct MetadataTable: MetadataSource {
  private(set) var count = 0
  private var latitudes: [Double] = []
  private var longitudes: [Double] = []
  private var uncertainties: [Double] = []
  private var dates: TextArena?
  private(set) var fieldNames: [String] = []
  private var fields: [TextArena] = []
  var attributeNames: [String] { [] }

  /// An empty table with these columns beside the fixed ones.
  init(fieldNames: [String] = []) {
    self.fieldNames = fieldNames
    fields = fieldNames.map { _ in TextArena() }
  }

  /// Whether there is any value at all.
  var isEmpty: Bool { latitudes.isEmpty && longitudes.isEmpty && dates == nil && fieldNames.isEmpty }

  /// Adds the next record; absent numbers are kept as NaN, absent texts as empty ones.
  mutating func append(
    latitude: Double?, longitude: Double?, uncertainty: Double?, date: String?, fields texts: [String] = []
  ) throws {
    Self.append(latitude, to: &latitudes, at: count)
    Self.append(longitude, to: &longitudes, at: count)
    Self.append(uncertainty, to: &uncertainties, at: count)
    if date != nil, dates == nil {
      var column = TextArena()
      for _ in 0..<count { try column.append("") }
      dates = column
    }
    try dates?.append(date ?? "")
    for (column, text) in texts.enumerated() { try fields[column].append(text) }
    count += 1
  }

  /// Adds the text that the last record has in a further column, for each column once.
  mutating func append(_ text: UnsafeBufferPointer<UInt8>, toField column: Int) throws {
    try fields[column].append(text)
  }

  /// A column is added with its first value; it is absent for the records before.
  private static func append(_ value: Double?, to column: inout [Double], at index: Int) {
    guard value != nil || !column.isEmpty else { return }
    if column.isEmpty { column = Array(repeating: .nan, count: index) }
    column.append(value ?? .nan)
  }

  /// The records at these positions; `nil` makes a record without metadata.
  func selecting(_ positions: [Int?]) throws -> MetadataTable {
    var result = MetadataTable(fieldNames: fieldNames)
    for position in positions {
      let record = position.map(metadata)
      try result.append(
        latitude: record?.latitude, longitude: record?.longitude, uncertainty: record?.locationUncertainty,
        date: record?.date, fields: fieldNames.map { record?.fields[$0] ?? "" })
    }
    return result
  }

  func metadata(at index: Int) -> RecordMetadata {
    func value(_ column: [Double]) -> Double? {
      guard column.indices.contains(index), !column[index].isNaN else { return nil }
      return column[index]
    }
    var record = RecordMetadata(
      latitude: value(latitudes), longitude: value(longitudes), locationUncertainty: value(uncertainties))
    if let text = dates?[index], !text.isEmpty { record.date = text }
    for (name, column) in zip(fieldNames, fields) {
      let text = column[index]
      if !text.isEmpty { record.fields[name] = text }
    }
    return record
  }
}
