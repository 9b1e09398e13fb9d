import Longtail

/// The report of a check in words.
enum DataCheckText {
  /// One paragraph a split, then the verdict.
  static func text(of report: DataCheckReport) -> String {
    var lines = ["\(Printable.text(report.path)): \(report.kind.rawValue)"]
    for split in report.splits {
      lines.append("")
      lines.append("\(split.name): \(split.imageCount) images")
      let found = findings(in: split).filter { $0.finding.count > 0 }
      lines += found.isEmpty ? ["  nothing found"] : found.flatMap(self.lines)
    }
    if report.sharedBetweenSplits.count > 0 {
      lines += ["", "between the splits:"]
      lines += self.lines(.warning("images in two splits with equal bytes", report.sharedBetweenSplits))
    }
    if !report.notes.isEmpty { lines += [""] + report.notes.map { "note: \(Printable.text($0))" } }
    return (lines + ["", verdict(on: report)]).joined(separator: "\n")
  }

  /// One paragraph an annotation file, then the verdict.
  static func text(of report: DetectionCheck.Report) -> String {
    var lines = ["\(Printable.text(report.path)): detection data (COCO or LVIS)"]
    for split in report.splits {
      lines += [
        "",
        "\(split.name): \(split.imageCount) images, \(split.instanceCount) objects in \(Printable.text(split.file))",
      ]
      let items = [
        Item.problem("images that are missing", split.missing),
        .problem("images that cannot be read", split.unreadable),
        .problem("images of another size than stated", split.wrongSize),
        .warning("groups of equal images", split.duplicates),
      ].filter { $0.finding.count > 0 }
      lines += items.flatMap(self.lines)
      for finding in split.findings {
        lines += self.lines(title: finding.title, count: finding.count, examples: finding.examples, isProblem: false)
      }
      if split.imageRoot == nil { lines.append("  note: the images were not found; only the annotations were checked") }
      if items.isEmpty && split.findings.isEmpty { lines.append("  nothing found") }
    }
    if report.sharedBetweenSplits.count > 0 {
      lines += ["", "between the splits:"]
      lines += self.lines(.warning("images in two splits with equal bytes", report.sharedBetweenSplits))
    }
    let verdict = report.isUsable ? "usable" : "not usable: repair the problems above before training"
    return (lines + ["", verdict]).joined(separator: "\n")
  }

  /// A kind of finding and whether it keeps the data from being used.
  private struct Item {
    let isProblem: Bool
    let title: String
    let finding: DataCheckReport.Finding

    static func problem(_ title: String, _ finding: DataCheckReport.Finding) -> Item {
      Item(isProblem: true, title: title, finding: finding)
    }

    static func warning(_ title: String, _ finding: DataCheckReport.Finding) -> Item {
      Item(isProblem: false, title: title, finding: finding)
    }
  }

  private static func findings(in split: DataCheckReport.Split) -> [Item] {
    let empty = "classes without images"
    return [
      .problem("images that are missing", split.missing),
      .problem("images that cannot be read", split.unreadable),
      split.name == "train" ? .problem(empty, split.emptyClasses) : .warning(empty, split.emptyClasses),
      .warning("groups of equal images with different labels", split.contradictions),
      .warning("groups of equal images", split.duplicates),
      .warning("classes with a single image", split.singleImageClasses),
      .warning("gaps in the labels", split.labelGaps),
    ]
  }

  private static func lines(_ item: Item) -> [String] {
    lines(title: item.title, count: item.finding.count, examples: item.finding.examples, isProblem: item.isProblem)
  }

  private static func lines(title: String, count: Int, examples: [String], isProblem: Bool) -> [String] {
    let more = count - examples.count
    return ["  \(isProblem ? "problem" : "warning"): \(title): \(count)"]
      + examples.map { "    \(Printable.text($0))" } + (more > 0 ? ["    and \(more) more"] : [])
  }

  private static func verdict(on report: DataCheckReport) -> String {
    guard report.isUsable else { return "not usable: repair the problems above before training" }
    guard !report.isClean else { return "clean: nothing found" }
    let kinds =
      report.splits.flatMap(findings).filter { $0.finding.count > 0 }.count
      + (report.sharedBetweenSplits.count > 0 ? 1 : 0)
    return "usable; \(kinds) \(kinds == 1 ? "kind" : "kinds") of warnings above"
  }
}
