import Datasets
import ModelEvaluation
import RunRecords

/// The accuracy of the experts, or heads, of a network, their agreement, and the number of experts per image.
public struct ExpertSection: ReportSection {
  /// The heading.
  public let title: String
  /// How to read it.
  public let caption: String
  private let result: ExpertResult
  private let ensemble: [String: Double]

  /// Makes a section for one network.
  ///
  /// - Parameters:
  ///   - result: the metrics of its experts.
  ///   - ensemble: metrics of the whole network by name, for the row below the experts.
  ///   - title: the heading.
  public init(_ result: ExpertResult, ensemble: [String: Double] = [:], title: String = "Experts") {
    self.result = result
    self.ensemble = ensemble
    self.title = title
    var caption = "Accuracy in per cent of each expert or head alone, and of the whole network. "
    caption += "Agreement: per cent of test images for which two of them predict the same class"
    caption += ", \(RunQuery.percent(result.meanAgreement)) on average."
    if let routing = result.routing {
      caption += " Routing: an image uses \(RunQuery.decimal(routing.meanExperts, digits: 2)) experts on average"
      caption += result.meanOperations.map { ", \(RunQuery.decimal($0 / 1e6, digits: 1)) million operations." } ?? "."
    }
    self.caption = caption
  }

  /// Accuracies as columns and as a table, agreement, and routing.
  public var body: Markup {
    .joined(
      [scroll(columns), scroll(accuracies), heading("Agreement"), scroll(agreement)]
        + (result.routing.map { [heading("Per cent of images by number of experts used"), scroll(shares($0))] } ?? []))
  }

  private func heading(_ text: String) -> Markup { .element("h3", [], [.text(text)]) }
  private func scroll(_ content: Markup) -> Markup { .element("div", [("class", "scroll")], [content]) }

  private static let groups: [(group: ShotGroup, metric: String)] = [
    (.many, MetricName.manyShotAccuracy), (.medium, MetricName.mediumShotAccuracy),
    (.few, MetricName.fewShotAccuracy),
  ]
  private var shownGroups: [(group: ShotGroup, metric: String)] {
    Self.groups.filter { entry in result.experts.contains { $0.shotGroups[entry.group] != nil } }
  }

  /// Name and accuracies of each expert: over all images, then by group.
  private var rows: [(name: String, values: [Double?])] {
    let experts = result.experts.enumerated().map { index, expert in
      ("expert \(index)", [expert.accuracy] + shownGroups.map { expert.shotGroups[$0.group] })
    }
    let metrics = [MetricName.accuracy] + shownGroups.map(\.metric)
    let network = metrics.map { ensemble[$0] }
    return network.contains { $0 != nil } ? experts + [("whole network", network)] : experts
  }

  private var scopeNames: [String] { ["all"] + shownGroups.map(\.group.rawValue) }

  private func table(_ heads: [String], _ rows: [(name: String, values: [String])]) -> Markup {
    let head = heads.map { Markup.element("th", [("scope", "col")], [.text($0)]) }
    let body = rows.map { row in
      Markup.element(
        "tr", [], ([row.name] + row.values).map { Markup.element("td", [], [.text($0)]) })
    }
    return .element("table", [], [.element("thead", [], [.element("tr", [], head)]), .element("tbody", [], body)])
  }

  private var accuracies: Markup {
    table([""] + scopeNames, rows.map { ($0.name, $0.values.map { RunQuery.percent($0) }) })
  }

  private var agreement: Markup {
    let names = result.experts.indices.map { "expert \($0)" }
    let pairs = result.agreement.enumerated().map { index, shares in
      (names[index], shares.enumerated().map { $0.offset == index ? "" : RunQuery.percent($0.element) })
    }
    let groups = shownGroups.map { "\($0.group.rawValue) \(RunQuery.percent(result.shotGroupAgreement[$0.group]))" }
    return .joined([
      table([""] + names, pairs),
      .element(
        "p", [("class", "caption")], [.text("Mean over pairs by shot group: \(groups.joined(separator: ", ")).")]),
    ])
  }

  private func shares(_ routing: ExpertResult.Routing) -> Markup {
    let heads = [""] + routing.shares.indices.map { "\($0 + 1)" } + ["mean"]
    func row(_ name: String, _ shares: [Double]) -> (name: String, values: [String]) {
      (
        name,
        shares.map { RunQuery.percent($0) } + [RunQuery.decimal(ExpertResult.Routing.mean(shares), digits: 2)]
      )
    }
    let groups = shownGroups.compactMap { entry in
      routing.shotGroups[entry.group].map { row(entry.group.rawValue, $0) }
    }
    return table(heads, [row("all", routing.shares)] + groups)
  }

  private var columns: Markup {
    var drawing = Drawing(width: 1020, height: 250)
    let frame = Frame(left: 44, top: 34, right: 1016, bottom: 214)
    let scale = Scale.linear(0...1, range: (frame.bottom, frame.top))
    frame.drawLeftAxis(scale, title: "per cent", in: &drawing) { Scale.label(($0 * 100).rounded()) }
    let group = frame.width / Double(max(1, scopeNames.count))
    let width = min(40, group * 0.8 / Double(max(1, rows.count)))
    for (position, scope) in scopeNames.enumerated() {
      let middle = frame.left + (Double(position) + 0.5) * group
      for (index, row) in rows.enumerated() {
        guard let value = row.values[position] else { continue }
        let x = middle + width * (Double(index) - Double(rows.count) / 2)
        let y = scale.position(value)
        drawing.rectangle(
          x: x + 2, y: y, width: width - 4, height: frame.bottom - y, style: "column s\(index % Palette.count)",
          rounding: 2, tip: "\(row.name), \(scope): \(RunQuery.percent(value)) %")
        drawing.text(RunQuery.percent(value), x: x + width / 2, y: y - 6, anchor: .middle, style: "tick")
      }
      drawing.text(scope, x: middle, y: frame.bottom + 20, anchor: .middle, style: "label")
    }
    frame.drawBaseLine(in: &drawing)
    return drawing.markup(title: "Accuracy of each expert", description: "The numbers of the table below as columns.")
  }
}
