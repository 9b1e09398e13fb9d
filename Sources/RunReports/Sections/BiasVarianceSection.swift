import ModelEvaluation
import RunRecords

/// Bias and variance of recipes by shot group, as columns and as a table.
public struct BiasVarianceSection: ReportSection {
  /// The heading.
  public let title = "Bias and variance"
  /// How to read it.
  public let caption: String
  private let report: BiasVarianceReport

  /// A section for recipes.
  public init(_ report: BiasVarianceReport) {
    self.report = report
    caption =
      "Over the runs of a recipe. Left columns: bias, the share of images for which the prediction of most runs is wrong. "
      + "Right columns: variance, the share of runs that predict another class. Horizontal lines: error, the share of wrong "
      + "predictions. All: mean over images; groups: mean over classes, \(report.rule)."
  }

  /// Legend, chart and table.
  public var body: Markup {
    .joined([
      Legend.markup(report.rows.map(\.recipe)), .element("div", [("class", "scroll")], [chart]),
      .element("div", [("class", "scroll")], [table]),
    ])
  }

  private var scopes: [String] {
    ["all", "many", "medium", "few"].filter { name in
      report.rows.contains { row in BiasVarianceReport.scopes(of: row.result).contains { $0.name == name } }
    }
  }

  private func means(_ row: BiasVarianceReport.Row, _ scope: String) -> BiasVariance.Means? {
    BiasVarianceReport.scopes(of: row.result).first { $0.name == scope }?.means
  }

  // MARK: Chart

  private var chart: Markup {
    var drawing = Drawing(width: 1020, height: 320)
    let frame = Frame(left: 48, top: 34, right: 1016, bottom: 270)
    let scale = Scale.linear(0...1, range: (frame.bottom, frame.top))
    frame.drawLeftAxis(scale, title: "per cent", in: &drawing) { Scale.label(($0 * 100).rounded()) }
    let group = frame.width / Double(max(1, scopes.count))
    let width = min(34, group * 0.8 / Double(max(1, 2 * report.rows.count)))
    for (position, scope) in scopes.enumerated() {
      let middle = frame.left + (Double(position) + 0.5) * group
      var x = middle - width * Double(report.rows.count)
      for (index, row) in report.rows.enumerated() {
        if let means = means(row, scope) { draw(means, of: index, x: x, width: width, scale, frame, scope, &drawing) }
        x += 2 * width
      }
      drawing.text(scope, x: middle, y: frame.bottom + 34, anchor: .middle, style: "group")
    }
    frame.drawBaseLine(in: &drawing)
    return drawing.markup(
      title: title,
      description: "Bias and variance of \(report.rows.map(\.recipe).joined(separator: " and ")) by shot group.")
  }

  private func draw(
    _ means: BiasVariance.Means, of index: Int, x: Double, width: Double, _ scale: Scale, _ frame: Frame,
    _ scope: String, _ drawing: inout Drawing
  ) {
    for (column, (name, value)) in [("bias", means.bias), ("variance", means.variance)].enumerated() {
      let left = x + Double(column) * width
      let y = scale.position(value)
      drawing.rectangle(
        x: left + 2, y: y, width: width - 4, height: frame.bottom - y,
        style: "column s\(index % Palette.count)\(column == 0 ? "" : " faint")", rounding: 2,
        tip: "\(report.rows[index].recipe), \(scope), \(name): \(RunQuery.percent(value)) %")
      drawing.text(
        name == "bias" ? "B" : "V", x: left + width / 2, y: frame.bottom + 15, anchor: .middle, style: "small")
    }
    let y = scale.position(means.error)
    drawing.line((x, y), (x + 2 * width, y), style: "curve s\(index % Palette.count)")
  }

  // MARK: Table

  private var table: Markup {
    let heads = ["recipe", "group", "bias", "variance", "error"].map {
      Markup.element("th", [("scope", "col")], [.text($0)])
    }
    let rows = report.rows.flatMap { row in
      BiasVarianceReport.scopes(of: row.result).map { name, means in
        Markup.element(
          "tr", [],
          [
            Markup.element(
              "td", [],
              [
                .element("span", [("class", "name")], [.text(row.recipe)]),
                .element("span", [("class", "note")], [.text("\(row.runs.count) runs")]),
              ]), .element("td", [], [.text(name)]),
          ]
            + [means.bias, means.variance, means.error].map {
              Markup.element("td", [], [.text(RunQuery.percent($0))])
            })
      }
    }
    return .element(
      "table", [], [.element("thead", [], [.element("tr", [], heads)]), .element("tbody", [], rows)])
  }
}
