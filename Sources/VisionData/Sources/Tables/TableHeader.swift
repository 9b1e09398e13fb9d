/// The columns of a table by position.
struct TableHeader {
  let names: [String]
  let path: Int
  let label: Int
  let split: Int?
  let latitude: Int?
  let longitude: Int?
  let uncertainty: Int?
  let date: Int?
  let kept: [Int]

  /// Finds the columns in the first row.
  ///
  /// - Throws: `DataSourceError.malformed` for a column that is asked for and is not there, or a name that stands twice.
  init(_ names: [String], _ columns: ImageTableColumns, file: String) throws {
    func problem(_ text: String) -> DataSourceError { .malformed(file: file, place: "line 1", problem: text) }
    func position(_ wanted: String?, _ usual: [String]) throws -> Int? {
      if let wanted {
        guard let exact = names.firstIndex(of: wanted) else {
          let nearest = ClassOrder.nearest(to: wanted, in: names).map { "; did you mean '\($0)'?" } ?? ""
          throw problem("there is no column '\(wanted)' among \(Self.some(names))\(nearest)")
        }
        return exact
      }
      let lowered = names.map { $0.lowercased() }
      return usual.lazy.compactMap { lowered.firstIndex(of: $0) }.first
    }
    if let twice = names.enumerated().first(where: { names[..<$0].contains($1) && !$1.isEmpty })?.element {
      throw problem("two columns are called '\(twice)'")
    }
    guard let path = try position(columns.path, ImageTableColumns.pathNames) else {
      throw problem("no column of paths among \(Self.some(names)); name it (the usual names are path, file, image)")
    }
    guard let label = try position(columns.label, ImageTableColumns.labelNames) else {
      throw problem(
        "no column of classes among \(Self.some(names)); name it (the usual names are label, class, species)")
    }
    self.names = names
    (self.path, self.label) = (path, label)
    split = try position(columns.split, ImageTableColumns.splitNames)
    latitude = try position(columns.latitude, ImageTableColumns.latitudeNames)
    longitude = try position(columns.longitude, ImageTableColumns.longitudeNames)
    uncertainty = try position(columns.locationUncertainty, ImageTableColumns.uncertaintyNames)
    date = try position(columns.date, ImageTableColumns.dateNames)
    let used = Set([path, label] + [split, latitude, longitude, uncertainty, date].compactMap(\.self))
    if let wanted = columns.kept {
      kept = try wanted.compactMap { try position($0, []) }
    } else {
      kept = names.indices.filter { !used.contains($0) && !names[$0].isEmpty }
    }
  }

  /// Whether the first row of a file names paths and classes.
  static func isTable(_ names: [String], _ columns: ImageTableColumns) -> Bool {
    (try? TableHeader(names, columns, file: "")) != nil
  }

  private static func some(_ names: [String]) -> String {
    names.prefix(12).map { "'\($0)'" }.joined(separator: ", ") + (names.count > 12 ? ", ..." : "")
  }
}
