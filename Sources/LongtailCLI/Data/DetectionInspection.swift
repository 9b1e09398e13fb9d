import Longtail
import Serialization

/// What `data inspect` shows of a detection set: for each file, images and instances of each class.
struct DetectionInspection: Encodable {
  /// Classes of one group together.
  struct Group: Encodable {
    let name: String
    let condition: String
    let classCount: Int
    let instanceCount: Int
  }

  /// One annotation file.
  struct Split: Encodable {
    let name: String
    let imageRoot: String?
    let summary: DetectionSummary
    let groups: [Group]
  }

  let path: String
  let splits: [Split]

  init(_ directory: DetectionDirectory) {
    path = directory.path
    splits = directory.splits.map { split, annotations, root in
      let summary = DetectionSummary(annotations)
      return Split(name: split.rawValue, imageRoot: root, summary: summary, groups: Self.groups(summary))
    }
  }

  /// The limits of LVIS, by the images that have a class: what holds for files that do not state a group themselves.
  private static func frequency(of row: DetectionSummary.Row) -> DetectionCategory.Frequency? {
    row.frequency
      ?? (row.imageCount == 0 ? nil : row.imageCount > 100 ? .frequent : row.imageCount > 10 ? .common : .rare)
  }

  static func group(of row: DetectionSummary.Row) -> String {
    switch frequency(of: row) {
    case .frequent: "frequent"
    case .common: "common"
    case .rare: "rare"
    case nil: "-"
    }
  }

  private static func groups(_ summary: DetectionSummary) -> [Group] {
    let isStated = summary.classes.contains { $0.frequency != nil }
    let conditions = ["frequent": "> 100", "common": "11...100", "rare": "1...10"]
    return ["frequent", "common", "rare"].map { name in
      let members = summary.classes.filter { group(of: $0) == name }
      return Group(
        name: name, condition: isStated ? "stated" : conditions[name] ?? "", classCount: members.count,
        instanceCount: members.map(\.instanceCount).reduce(0, +))
    }
  }

  /// A report a file.
  func text(width: Int, showsAll: Bool) -> String {
    splits.map { text(of: $0, width: width, showsAll: showsAll) }.joined(separator: "\n\n")
  }

  private func text(of split: Split, width: Int, showsAll: Bool) -> String {
    let summary = split.summary
    var parts = [FactList.text(summary.path, facts(split)), groupTable(split).plainText]
    parts.append(ClassHistogram(summary, showsAll: showsAll).text(width: width))
    let remarks = summary.findings.map { finding in
      "note: \(finding.title): \(finding.count) (first: \(Printable.text(finding.examples.first ?? "")))\n"
    }
    if !remarks.isEmpty { parts.append(remarks.joined()) }
    return parts.joined(separator: "\n").trimmingLineEnds
  }

  private func facts(_ split: Split) -> [(name: String, value: String)] {
    let summary = split.summary
    let used = summary.classes.filter { $0.instanceCount > 0 }
    let ends = used.first.flatMap { first in
      used.last.map { " (\(first.instanceCount) of '\(first.name)', \($0.instanceCount) of '\($0.name)')" }
    }
    return [
      ("layout", "marked objects (COCO or LVIS)"), ("split", split.name),
      ("images", "\(summary.imageCount), \(summary.markedImageCount) with objects"),
      (
        "image files", split.imageRoot.map { "in \(Printable.text($0))" } ?? "not found; only the annotations were read"
      ),
      ("classes", "\(summary.classes.count), \(used.count) with instances"),
      ("instances", "\(summary.instanceCount), and \(summary.crowdCount) crowds"),
      ("outlines", "\(summary.polygonCount) with polygons, \(summary.maskCount) with masks"),
      ("imbalance factor", RunQuery.decimal(summary.imbalanceFactor, digits: 1) + Printable.text(ends ?? "")),
      ("image sizes", sizes(summary)),
    ]
  }

  private func sizes(_ summary: DetectionSummary) -> String {
    guard let widths = summary.widths, let heights = summary.heights else { return "-" }
    return "\(widths.smallest)...\(widths.largest) wide, \(heights.smallest)...\(heights.largest) high, "
      + "median \(widths.median) x \(heights.median), as stated"
  }

  private func groupTable(_ split: Split) -> TextTable {
    var table = TextTable([
      .init("group"), .init("images of a class"), .init("classes", .right), .init("instances", .right),
      .init("share", .right),
    ])
    let total = Double(max(1, split.summary.instanceCount))
    for group in split.groups {
      let share = RunQuery.percent(Double(group.instanceCount) / total) + " %"
      table.append([group.name, group.condition, "\(group.classCount)", "\(group.instanceCount)", share])
    }
    return table
  }
}
