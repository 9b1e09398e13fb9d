import RunRecords

/// The main metrics of several methods, as a table and as columns.
public struct HeadlineSection: ReportSection {
  /// The heading.
  public var title: String
  /// How to read it.
  public var caption: String
  private let methods: [MethodResult]
  private let metrics: [String]

  /// Makes a section; the first method is the baseline of the differences.
  public init(
    _ methods: [MethodResult], metrics: [String] = MetricName.headline, title: String = "Accuracy",
    caption: String =
      "Accuracy in per cent: over all images, and as mean per-class accuracy of classes with many, a medium number of, and "
      + "few training images. Small numbers: standard deviation over seeds, and difference to the first row in points."
  ) {
    self.methods = methods
    self.metrics = metrics.filter { metric in methods.contains { $0.values[metric] != nil } }
    self.title = title
    self.caption = caption
  }

  /// The table with the columns below.
  public var body: Markup {
    .joined(
      [.element("div", [("class", "scroll")], [table])]
        + (metrics.isEmpty
          ? []
          : [
            .element("div", [("class", "scroll")], [columns])
          ]))
  }

  // MARK: Table

  private var table: Markup {
    let heads = metrics.map { Markup.element("th", [("scope", "col")], [.text(MetricName.columnTitle($0))]) }
    let head = Markup.element("tr", [], [.element("th", [("scope", "col")], [.text("method")])] + heads)
    let rows = methods.enumerated().map { index, method in
      Markup.element("tr", [], [nameCell(index, method)] + metrics.map { cell($0, of: method, isFirst: index == 0) })
    }
    return .element("table", [], [.element("thead", [], [head]), .element("tbody", [], rows)])
  }

  private func nameCell(_ index: Int, _ method: MethodResult) -> Markup {
    var drawing = Drawing(width: 14, height: 14)
    drawing.mark(index, x: 7, y: 7, radius: 5)
    return .element(
      "td", [],
      [
        .element(
          "span", [("class", "key")],
          [
            drawing.markup(title: method.name, description: "key"),
            .element("span", [("class", "name")], [.text(method.name)]),
          ]),
        .element("span", [("class", "note")], [.text(method.note)]),
      ])
  }

  private func cell(_ metric: String, of method: MethodResult, isFirst: Bool) -> Markup {
    let value = method.values[metric]
    let best = methods.compactMap { $0.values[metric] }.max()
    let isBest = methods.count > 1 && value != nil && value == best
    var remarks: [String] = []
    if let deviation = method.standardDeviations[metric] { remarks.append("± " + RunQuery.percent(deviation)) }
    if !isFirst, let value, let base = methods.first?.values[metric] { remarks.append(Self.signed(value - base)) }
    return .element(
      "td", [("class", isBest ? "best" : "")],
      [.text(RunQuery.percent(value)), .element("small", [], [.text(remarks.joined(separator: " · "))])])
  }

  private static func signed(_ fraction: Double) -> String {
    (fraction < 0 ? "−" : "+") + RunQuery.percent(abs(fraction))
  }

  // MARK: Columns

  private var columns: Markup {
    var drawing = Drawing(width: 1020, height: 250)
    let frame = Frame(left: 44, top: 34, right: 1016, bottom: 214)
    let scale = Scale.linear(0...1, range: (frame.bottom, frame.top))
    frame.drawLeftAxis(scale, title: "per cent", in: &drawing) { Scale.label(($0 * 100).rounded()) }
    let group = frame.width / Double(max(1, metrics.count))
    let width = min(46, group * 0.7 / Double(max(1, methods.count)))
    for (position, metric) in metrics.enumerated() {
      let middle = frame.left + (Double(position) + 0.5) * group
      let start = middle - width * Double(methods.count) / 2
      for (index, method) in methods.enumerated() {
        guard let value = method.values[metric], value.isFinite else { continue }
        let x = start + width * Double(index)
        let y = scale.position(value)
        drawing.rectangle(
          x: x + 2, y: y, width: width - 4, height: frame.bottom - y, style: "column s\(index % Palette.count)",
          rounding: 2,
          tip: "\(method.name), \(MetricName.columnTitle(metric)): \(RunQuery.percent(value)) %")
        drawing.text(RunQuery.percent(value), x: x + width / 2, y: y - 6, anchor: .middle, style: "tick")
      }
      drawing.text(MetricName.columnTitle(metric), x: middle, y: frame.bottom + 20, anchor: .middle, style: "label")
    }
    frame.drawBaseLine(in: &drawing)
    return drawing.markup(title: "Accuracy of each method", description: "The numbers of the table above as columns.")
  }
}
