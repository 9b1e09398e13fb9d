import Serialization

/// The columns of a table by position.
struct TableHeader {
  /// Where a row says its class.
  enum Label: Hashable {
    /// In one column.
    case column(Int)
    /// In one column for each class, of which one is 1 and all others are 0.
    case oneHot([Int])
  }

  let names: [String]
  let path: Int
  let label: Label
  let split: Int?
  let latitude: Int?
  let longitude: Int?
  let uncertainty: Int?
  let date: Int?
  let kept: [Int]

  /// Finds the columns in the first row.
  ///
  /// - Parameters:
  ///   - names: the fields of the first row.
  ///   - firstRow: the fields of the second row; they tell columns of ones and zeros.
  ///   - columns: what the user says of the columns.
  ///   - file: the table, for errors.
  /// - Throws: `DataSourceError.malformed` for a column that is asked for and is not there, a name that stands twice, or a first row that names
  ///   no columns; `.unlabelledTable` for a table that has a column of paths but none of classes.
  init(_ names: [String], firstRow: [String] = [], _ columns: ImageTableColumns, file: String) throws {
    func problem(_ text: String) -> DataSourceError { .malformed(file: file, place: "line 1", problem: text) }
    let names = names.map { name in
      var name = name
      return name.withUTF8 { String(decoding: ByteText.trimming($0), as: UTF8.self) }
    }
    if let image = names.first(where: ImageFolder.hasImageSuffix) {
      throw problem(
        "the first line names no columns: '\(image)' is an image; write a line such as 'path,label' above it")
    }
    try Self.checkDifferent(names, orThrow: problem)
    let index = ColumnIndex(names)
    func position(_ wanted: String?, _ usual: [String], _ option: String) throws -> Int? {
      guard let wanted else { return usual.lazy.compactMap { index[usual: $0] }.first }
      guard let found = index[wanted] else {
        let nearest = ClassOrder.nearest(to: wanted, in: names).map { "; did you mean '\($0)'?" } ?? ""
        throw problem("there is no column '\(wanted)' (\(option)) among \(Self.some(names))\(nearest)")
      }
      return found
    }
    guard let path = try position(columns.path, ImageTableColumns.pathNames, "--path-column") else {
      throw problem(
        "no column of paths among \(Self.some(names)); name it with --path-column (the usual names are path, file, image)"
      )
    }
    let isWithoutSplit = columns.split == ImageTableColumns.noSplit && index[ImageTableColumns.noSplit] == nil
    split = isWithoutSplit ? nil : try position(columns.split, ImageTableColumns.splitNames, "--split-column")
    latitude = try position(columns.latitude, ImageTableColumns.latitudeNames, "latitude")
    longitude = try position(columns.longitude, ImageTableColumns.longitudeNames, "longitude")
    uncertainty = try position(columns.locationUncertainty, ImageTableColumns.uncertaintyNames, "location uncertainty")
    date = try position(columns.date, ImageTableColumns.dateNames, "date")
    var used = Set([path] + [split, latitude, longitude, uncertainty, date].compactMap(\.self))
    if let column = try position(columns.label, ImageTableColumns.labelNames, "--label-column") {
      label = .column(column)
      used.insert(column)
    } else {
      let classes = Self.oneHot(firstRow, besides: used)
      guard !classes.isEmpty else {
        throw DataSourceError.unlabelledTable(file: file, columns: Self.some(names))
      }
      label = .oneHot(classes)
      used.formUnion(classes)
    }
    if (columns.testValues != nil || columns.validationValues != nil) && split == nil {
      throw problem(
        "--test-split and --validation-split need a column of splits, and there is none among \(Self.some(names)); "
          + "name it with --split-column")
    }
    self.names = names
    self.path = path
    if let wanted = columns.kept {
      kept = try wanted.compactMap { try position($0, [], "kept") }
    } else {
      kept = names.indices.filter { !used.contains($0) && !names[$0].isEmpty }
    }
  }

  private static func checkDifferent(_ names: [String], orThrow problem: (String) -> DataSourceError) throws {
    var seen = Set<String>(minimumCapacity: names.count)
    for name in names where !name.isEmpty && !seen.insert(name).inserted {
      throw problem("two columns are called '\(name)'")
    }
  }

  /// The columns that hold 0 or 1, if there are at least two and exactly one holds 1.
  private static func oneHot(_ row: [String], besides used: Set<Int>) -> [Int] {
    let columns = row.indices.filter { !used.contains($0) && isOn(row[$0]) != nil }
    guard columns.count >= 2, columns.count(where: { isOn(row[$0]) == true }) == 1 else { return [] }
    return columns
  }

  /// Whether a cell of a column of ones and zeros is 1; nil for anything else.
  static func isOn(_ text: String) -> Bool? {
    switch text.trimmingPrefix(while: { $0 == " " }) {
    case "1", "1.0": true
    case "0", "0.0": false
    default: nil
    }
  }

  static func some(_ names: [String]) -> String {
    names.prefix(12).map { "'\($0)'" }.joined(separator: ", ") + (names.count > 12 ? ", ..." : "")
  }
}
