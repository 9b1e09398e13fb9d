import Longtail

/// The classes as a table with bars, largest first. In a long table the middle classes stand together.
struct ClassHistogram {
  /// A line of the table: one class, or neighbours by rank.
  private struct Line {
    let name: String
    let counts: [String]
    let group: String
    /// The mean number of training images, which the bar shows.
    let mean: Double
  }

  /// Classes that stand alone at each end of a shortened table.
  private static let ends = 8
  /// Lines for the classes between.
  private static let middle = 12

  private let summary: DataSummary
  private let lines: [Line]
  private let isShortened: Bool

  init(_ summary: DataSummary, showsAll: Bool) {
    self.summary = summary
    let classes = summary.classes
    isShortened = !showsAll && classes.count > 2 * Self.ends + Self.middle
    if isShortened {
      let between = classes[Self.ends..<(classes.count - Self.ends)]
      lines =
        classes.prefix(Self.ends).map(Self.line) + Self.bins(of: between).map(Self.line)
        + classes.suffix(Self.ends).map(Self.line)
    } else {
      lines = classes.map(Self.line)
    }
  }

  /// The table, its bars as long as the width allows.
  func text(width: Int) -> String {
    let bare = table(bars: nil, width: width)
    var barred = bare
    // The rule under the head is as wide as the columns; notes may be wider.
    let taken = bare.plainText.split(separator: "\n").dropFirst().first?.count ?? 0
    let room = width - taken - 2
    if room >= 8 { barred = table(bars: room, width: width) }
    if isShortened { barred.notes.append("Lines with '...' stand for several classes; --all shows each.") }
    return barred.plainText
  }

  private func table(bars room: Int?, width: Int) -> TextTable {
    var columns: [TextTable.Column] = [.init("class"), .init("train", .right)]
    if summary.validationCount != nil { columns.append(.init("validation", .right)) }
    if summary.testCount != nil { columns.append(.init("test", .right)) }
    columns.append(.init("group"))
    if room != nil { columns.append(.init("")) }
    var table = TextTable(columns)
    let largest = max(1, Double(summary.classes.first?.trainingCount ?? 1))
    for line in lines {
      let bar = room.map { [Self.bar(line.mean / largest, room: $0)] } ?? []
      table.append([Printable.text(line.name, limit: max(16, width / 3))] + line.counts + [line.group] + bar)
    }
    return table
  }

  /// At least one mark for a class that has images.
  private static func bar(_ share: Double, room: Int) -> String {
    guard share > 0 else { return "" }
    return String(repeating: "#", count: max(1, Int((share * Double(room)).rounded())))
  }

  private static func line(_ row: DataSummary.Row) -> Line {
    let counts = ["\(row.trainingCount)"] + [row.validationCount, row.testCount].compactMap { $0.map(String.init) }
    return Line(name: row.name, counts: counts, group: DataInspection.group(of: row), mean: Double(row.trainingCount))
  }

  private static func line(_ rows: ArraySlice<DataSummary.Row>) -> Line {
    guard let first = rows.first, let last = rows.last else { return Line(name: "", counts: [], group: "", mean: 0) }
    let counts = rows.map(\.trainingCount)
    let (high, low) = (first.trainingCount, last.trainingCount)
    let (upper, lower) = (DataInspection.group(of: first), DataInspection.group(of: last))
    let blanks = [first.validationCount, first.testCount].compactMap { $0.map { _ in "" } }
    return Line(
      name: "... \(rows.count) classes", counts: [high == low ? "\(high)" : "\(high)-\(low)"] + blanks,
      group: upper == lower ? upper : "\(upper)-\(lower)",
      mean: Double(counts.reduce(0, +)) / Double(max(1, counts.count)))
  }

  /// Cuts the classes into parts of nearly equal size.
  private static func bins(of rows: ArraySlice<DataSummary.Row>) -> [ArraySlice<DataSummary.Row>] {
    (0..<middle).map { part in
      let start = rows.startIndex + rows.count * part / middle
      return rows[start..<(rows.startIndex + rows.count * (part + 1) / middle)]
    }
  }
}
