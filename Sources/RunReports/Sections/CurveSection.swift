import RunRecords

/// Loss and accuracy by epoch, one line per method. If no method has two values, a table of the last values is shown.
public struct CurveSection: ReportSection {
  /// The training of one method.
  public struct Curve: Sendable, Equatable {
    /// The name of the method.
    public var name: String
    /// Mean training loss.
    public var loss: [Point]
    /// Accuracy in 0...1.
    public var accuracy: [Point]

    /// Makes a curve.
    public init(name: String, loss: [Point], accuracy: [Point]) {
      self.name = name
      self.loss = loss
      self.accuracy = accuracy
    }
  }

  /// A value at an epoch.
  public struct Point: Sendable, Equatable {
    /// The epoch, from 1, counted over all stages.
    public var epoch: Double
    /// The value; one that is not finite interrupts the line.
    public var value: Double
    /// The index of the stage; the line is interrupted between stages, whose losses may differ.
    public var stage: Int

    /// Makes a point.
    public init(epoch: Double, value: Double, stage: Int = 0) {
      self.epoch = epoch
      self.value = value
      self.stage = stage
    }
  }

  /// One of the two charts.
  private struct Chart {
    let title: String
    let axis: String
    let lines: [[Point]]
    let text: (Double) -> String

    /// Whether any line has at least two finite values.
    var hasCurve: Bool { lines.contains { $0.filter { $0.value.isFinite && $0.epoch.isFinite }.count > 1 } }
    var isEmpty: Bool { lines.allSatisfy(\.isEmpty) }
  }

  /// The heading.
  public var title: String
  /// How to read it.
  public var caption: String
  private let curves: [Curve]

  /// Makes a section.
  public init(
    _ curves: [Curve], title: String = "Training",
    caption: String =
      "Training loss, which differs between methods, and accuracy by epoch. Epochs count from 1 over all stages; the line is "
      + "interrupted where a stage ends."
  ) {
    self.curves = curves
    self.title = title
    self.caption = caption
  }

  /// Legend and charts; tables in place of charts without two values per method; charts without values are left out.
  public var body: Markup {
    let charts = [
      Chart(title: "Training loss", axis: "loss", lines: curves.map(\.loss)) { RunQuery.decimal($0, digits: 3) },
      Chart(
        title: "Accuracy", axis: "accuracy, %",
        lines: curves.map { $0.accuracy.map { Point(epoch: $0.epoch, value: $0.value * 100, stage: $0.stage) } }
      ) { RunQuery.decimal($0, digits: 1) + " %" },
    ].filter { !$0.isEmpty }
    let legend = charts.contains(where: \.hasCurve) ? [Legend.markup(curves.map(\.name))] : []
    return .joined(
      legend + [.element("div", [("class", "grid")], charts.map { $0.hasCurve ? drawn($0) : numbers($0) })])
  }

  private func numbers(_ chart: Chart) -> Markup {
    let rows = zip(curves, chart.lines).compactMap { curve, line -> Markup? in
      guard let point = line.last else { return nil }
      let texts = [curve.name, chart.text(point.value), "epoch \(Scale.label(point.epoch))"]
      return .element("tr", [], texts.map { .element("td", [], [.text($0)]) })
    }
    return .element(
      "div", [], [.element("h3", [], [.text(chart.title)]), .element("table", [], [.element("tbody", [], rows)])])
  }

  private func drawn(_ chart: Chart) -> Markup {
    var drawing = Drawing(width: 490, height: 320)
    let frame = Frame(left: 48, top: 34, right: 478, bottom: 270)
    let epochs = chart.lines.flatMap { $0.map(\.epoch) }.filter(\.isFinite)
    let horizontal = Scale.linear((epochs.min() ?? 0)...(epochs.max() ?? 1), range: (frame.left, frame.right))
    let vertical = Scale.covering(chart.lines.flatMap { $0.map(\.value) }, range: (frame.bottom, frame.top))
    frame.drawLeftAxis(vertical, title: chart.axis, in: &drawing)
    frame.drawBottomAxis(horizontal, title: "epoch", in: &drawing)
    for (index, line) in chart.lines.enumerated() {
      var points: [(x: Double, y: Double)?] = []
      for (position, point) in line.enumerated() {
        if position > 0, line[position - 1].stage != point.stage { points.append(nil) }
        let isDrawn = point.value.isFinite && point.epoch.isFinite
        points.append(isDrawn ? (horizontal.position(point.epoch), vertical.position(point.value)) : nil)
      }
      drawing.polyline(points, style: "curve s\(index % Palette.count)")
      // The mark at the end identifies the line without its colour.
      if let last = points.last, let last { drawing.mark(index, x: last.x, y: last.y, radius: 4.5) }
    }
    return drawing.markup(
      title: chart.title, description: "\(chart.axis) over \(epochs.count) epochs of all methods together.")
  }
}
