import FileAccess
import Longtail

/// The result of `models import`.
struct ImportResult: Encodable {
  let file: String
  let model: String
  let classes: Int
  let report: WeightReport
  let out: String?
  /// Whether training can start from the file.
  let hasBackbone: Bool

  init(file: String, model: String, classes: Int, report: WeightReport, out: String?) {
    (self.file, self.model, self.classes, self.report, self.out) = (file, model, classes, report, out)
    hasBackbone = report.hasBackbone
  }

  var text: String {
    var lines = ["\(file.escapedForDisplay) as \(model) with \(classes) classes"]
    if !report.prefix.isEmpty { lines.append("prefix removed: \(report.prefix.escapedForDisplay)") }
    lines += group("matched", report.matched, shown: 0)
    lines += group("head initialised at random", report.newHead)
    lines += group("resized", report.resized.map { "\($0.key): \($0.came) to \($0.expected)" })
    lines += group("missing", report.missing)
    lines += group("extra", report.extra)
    lines += group("of another shape", report.misshapen.map { "\($0.key): expected \($0.expected), found \($0.came)" })
    switch (hasBackbone, report.newHead.isEmpty) {
    case (true, true): lines.append("complete: backbone and head")
    case (true, false): lines.append("complete: the backbone; the head is initialised at random")
    case (false, _): lines.append("INCOMPLETE: training cannot start from this file as \(model)")
    }
    if let out { lines.append("written: \(out)") }
    return lines.joined(separator: "\n")
  }

  private func group(_ title: String, _ keys: [String], shown: Int = 20) -> [String] {
    guard !keys.isEmpty || title == "matched" else { return [] }
    let rest = keys.count > shown && shown > 0 ? ["  … \(keys.count - shown) more"] : []
    return ["\(title): \(keys.count)"] + keys.prefix(shown).map { "  " + $0.escapedForDisplay } + rest
  }
}
