import Longtail
import Serialization

/// What `data inspect` shows: the summary of a data set with its shot groups.
struct DataInspection: Encodable {
  /// The classes of a shot group together.
  struct Group: Encodable {
    /// `many`, `medium` or `few`.
    let name: String
    /// The condition on the training images of a class.
    let condition: String
    /// The classes in the group.
    let classCount: Int
    /// Their training images.
    let trainingCount: Int
  }

  /// Counts and sizes.
  let summary: DataSummary
  /// The shot groups, by training images.
  let shotGroups: [Group]

  init(_ summary: DataSummary) {
    self.summary = summary
    shotGroups = ShotGroup.allCases.map { group in
      let members = summary.classes.filter { Self.rule.group(trainingImages: $0.trainingCount) == group }
      return Group(
        name: group.rawValue, condition: Self.rule.condition(of: group), classCount: members.count,
        trainingCount: members.map(\.trainingCount).reduce(0, +))
    }
  }

  /// The limits that all tables of the tool use.
  static let rule = ShotGroupRule.strict

  /// The name of the group of a class.
  static func group(of row: DataSummary.Row) -> String { rule.group(trainingImages: row.trainingCount).rawValue }

  // MARK: Text

  /// Facts, shot groups and a table of classes with bars.
  ///
  /// - Parameters:
  ///   - width: the columns of the terminal.
  ///   - showsAll: whether every class of a long table gets a line.
  func text(width: Int, showsAll: Bool) -> String {
    var parts = [FactList.text(summary.path, factList), groupTable.plainText]
    parts.append(ClassHistogram(summary, showsAll: showsAll).text(width: width))
    if !remarks.isEmpty { parts.append(remarks.map { "note: \($0)\n" }.joined()) }
    return parts.joined(separator: "\n").trimmingLineEnds
  }

  /// Name and value of what concerns the whole set.
  var factList: [(name: String, value: String)] {
    var facts = [("layout", summary.kind.rawValue), ("classes", "\(summary.classes.count)")]
    facts.append(("training images", "\(summary.trainingCount)"))
    if let count = summary.validationCount { facts.append(("validation images", "\(count)")) }
    if let count = summary.testCount { facts.append(("test images", "\(count)")) }
    facts.append(("imbalance factor", imbalance))
    facts.append(("image sizes", sizes))
    if let metadata = summary.metadata { facts.append(("metadata", Self.text(of: metadata))) }
    return facts
  }

  private var imbalance: String {
    let used = summary.classes.filter { $0.trainingCount > 0 }
    guard let first = used.first, let last = used.last else { return "-" }
    return RunQuery.decimal(summary.imbalanceFactor, digits: 1)
      + " (\(first.trainingCount) of '\(Printable.text(first.name))', \(last.trainingCount) of '\(Printable.text(last.name))')"
  }

  private var sizes: String {
    guard let widths = summary.widths, let heights = summary.heights else { return "unknown: no image could be read" }
    guard widths.smallest != widths.largest || heights.smallest != heights.largest else {
      return "\(widths.median) x \(heights.median)"
    }
    func text(_ range: DataSummary.Range) -> String {
      range.smallest == range.largest ? "\(range.median)" : "\(range.smallest)...\(range.largest)"
    }
    let looked = summary.sampledCount == summary.trainingCount ? "" : ", of \(summary.sampledCount) images looked at"
    return "\(text(widths)) wide, \(text(heights)) high, median \(widths.median) x \(heights.median)\(looked)"
  }

  /// Shares of the training images that have coordinates, dates, attributes and other columns.
  private static func text(of metadata: MetadataCoverage) -> String {
    func share(_ count: Int) -> String {
      RunQuery.percent(Double(count) / Double(max(1, metadata.recordCount))) + " %"
    }
    var parts: [String] = []
    if metadata.locatedCount > 0 {
      let bounds = metadata.bounds.map { bounds in
        let numbers = [
          bounds.smallestLatitude, bounds.largestLatitude, bounds.smallestLongitude, bounds.largestLongitude,
        ].map { RunQuery.decimal($0, digits: 1) }
        return " (latitude \(numbers[0])...\(numbers[1]), longitude \(numbers[2])...\(numbers[3]))"
      }
      parts.append("coordinates \(share(metadata.locatedCount))\(bounds ?? "")")
    }
    if metadata.datedCount > 0 {
      parts.append("dates \(share(metadata.datedCount)), with time of day \(share(metadata.timedCount))")
    }
    if metadata.attributedCount > 0 {
      parts.append("\(metadata.attributeCount) attributes \(share(metadata.attributedCount))")
    }
    let fields = metadata.fields.filter { $0.count > 0 }
    if !fields.isEmpty {
      let some = fields.prefix(4).map { "\(Printable.text($0.name)) \(share($0.count))" }.joined(separator: ", ")
      parts.append("columns \(some)" + (fields.count > 4 ? " and \(fields.count - 4) more" : ""))
    }
    return parts.isEmpty ? "none" : parts.joined(separator: "; ")
  }

  private var groupTable: TextTable {
    var table = TextTable([
      .init("shot group"), .init("training images"), .init("classes", .right), .init("images", .right),
      .init("share", .right),
    ])
    let total = Double(max(1, summary.trainingCount))
    for group in shotGroups {
      let share = RunQuery.percent(Double(group.trainingCount) / total) + " %"
      table.append([group.name, group.condition, "\(group.classCount)", "\(group.trainingCount)", share])
    }
    return table
  }

  /// What a user should know before training.
  private var remarks: [String] {
    var remarks = summary.notes.map { Printable.text($0) }
    let empty = summary.classes.filter { $0.trainingCount == 0 }
    if !empty.isEmpty {
      remarks.append("\(empty.count) classes have no training images; training refuses that unless it is allowed")
    }
    if summary.unreadableCount > 0 {
      remarks.append(
        "\(summary.unreadableCount) of \(summary.sampledCount) images cannot be read; 'data check' lists them")
    }
    return remarks
  }
}
