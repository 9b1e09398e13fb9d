import Longtail
import Serialization

/// The classes as a table with bars, largest first. In a long table the middle classes stand together.
struct ClassHistogram {
  /// A class; the bar shows the first count.
  struct Entry {
    var name: String
    var counts: [Int]
    var group: String
  }

  /// A line of the table: one class, or neighbours by rank.
  private struct Line {
    let name: String
    let counts: [String]
    let group: String
    /// The mean of the first count, which the bar shows.
    let mean: Double
  }

  /// Classes that stand alone at each end of a shortened table.
  private static let ends = 8
  /// Lines for the classes between.
  private static let middle = 12

  private let columns: [String]
  private let largest: Int
  private let lines: [Line]
  private let isShortened: Bool

  /// - Parameters:
  ///   - entries: the classes, largest first count first; each has a count for each column.
  ///   - columns: what the counts are called.
  ///   - showsAll: whether every class of a long table gets a line.
  init(_ entries: [Entry], columns: [String], showsAll: Bool) {
    self.columns = columns
    largest = entries.first?.counts.first ?? 1
    isShortened = !showsAll && entries.count > 2 * Self.ends + Self.middle
    if isShortened {
      let between = entries[Self.ends..<(entries.count - Self.ends)]
      lines =
        entries.prefix(Self.ends).map(Self.line) + Self.bins(of: between).map(Self.line)
        + entries.suffix(Self.ends).map(Self.line)
    } else {
      lines = entries.map(Self.line)
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
    let heads = [TextTable.Column("class")] + columns.map { .init($0, .right) } + [.init("group")]
    var table = TextTable(heads + (room == nil ? [] : [.init("")]))
    for line in lines {
      let bar = room.map { [Self.bar(line.mean / max(1, Double(largest)), room: $0)] } ?? []
      table.append([Printable.text(line.name, limit: max(16, width / 3))] + line.counts + [line.group] + bar)
    }
    return table
  }

  /// At least one mark for a class that has images.
  private static func bar(_ share: Double, room: Int) -> String {
    guard share > 0 else { return "" }
    return String(repeating: "#", count: max(1, Int((share * Double(room)).rounded())))
  }

  private static func line(_ entry: Entry) -> Line {
    Line(
      name: entry.name, counts: entry.counts.map(String.init), group: entry.group,
      mean: Double(entry.counts.first ?? 0))
  }

  private static func line(_ entries: ArraySlice<Entry>) -> Line {
    guard let first = entries.first, let last = entries.last else {
      return Line(name: "", counts: [], group: "", mean: 0)
    }
    let sizes = entries.map { $0.counts.first ?? 0 }
    let (high, low) = (sizes.first ?? 0, sizes.last ?? 0)
    let blanks = [String](repeating: "", count: max(0, first.counts.count - 1))
    return Line(
      name: "... \(entries.count) classes", counts: [high == low ? "\(high)" : "\(high)-\(low)"] + blanks,
      group: first.group == last.group ? first.group : "\(first.group)-\(last.group)",
      mean: Double(sizes.reduce(0, +)) / Double(max(1, sizes.count)))
  }

  /// Cuts the classes into parts of nearly equal size.
  private static func bins(of entries: ArraySlice<Entry>) -> [ArraySlice<Entry>] {
    (0..<middle).map { part in
      let start = entries.startIndex + entries.count * part / middle
      return entries[start..<(entries.startIndex + entries.count * (part + 1) / middle)]
    }
  }
}
