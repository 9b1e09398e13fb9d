import RunRecords

/// The number of training images of each class as bars, with the accuracy of each method as marks.
public struct ClassSection: ReportSection {
  /// The accuracy of one method for each class.
  public struct Series: Sendable, Equatable {
    /// The name of the method.
    public var name: String
    /// The accuracies in 0...1, in the order of the classes; nil for a class without evaluated images.
    public var accuracies: [Double?]

    /// Makes a series.
    public init(name: String, accuracies: [Double?]) {
      self.name = name
      self.accuracies = accuracies
    }
  }

  /// A class.
  public struct Category: Sendable, Equatable {
    /// The name of the class.
    public var name: String
    /// The number of training images.
    public var trainingCount: Int
    /// The shot group: `many`, `medium` or `few`.
    public var shotGroup: String

    /// Makes a class.
    public init(name: String, trainingCount: Int, shotGroup: String) {
      self.name = name
      self.trainingCount = trainingCount
      self.shotGroup = shotGroup
    }
  }

  /// The heading.
  public var title: String
  /// How to read it.
  public var caption: String
  private let classes: [Category]
  private let series: [Series]
  /// The class indices by number of training images, largest first.
  private let order: [Int]

  /// Makes a section; a series may be shorter than the list of classes.
  public init(
    _ classes: [Category], series: [Series], title: String = "Rare and frequent classes",
    caption: String =
      "Bars: training images of each class, on a logarithmic axis. Marks: accuracy on the test images of the class, in per cent."
  ) {
    self.classes = classes
    self.series = series
    self.title = title
    self.caption = caption
    // Classes with equal counts keep their order.
    order = classes.indices.sorted {
      (-classes[$0].trainingCount, $0) < (-classes[$1].trainingCount, $1)
    }
  }

  /// Whether the names of the classes fit below their bars.
  private var showsNames: Bool { classes.count <= 30 }
  /// The largest number of classes with separate bars and marks. For more, they would be narrower than a pixel and are
  /// drawn as one shape, without tooltips.
  static let greatestMarkedCount = 400

  /// Legend and chart.
  public var body: Markup {
    let nameRoom = showsNames ? min(110, 22 + 4.2 * Double(classes.map(\.name.count).max() ?? 0)) : 24
    var drawing = Drawing(width: 1020, height: 376 + nameRoom)
    let frame = Frame(left: 52, top: 54, right: 972, bottom: 370)
    let counts = Scale.counts(upTo: classes.map(\.trainingCount).max() ?? 1, range: (frame.bottom, frame.top))
    let accuracy = Scale.linear(0...1, range: (frame.bottom, frame.top))
    let limits = drawGroups(frame, in: &drawing)
    frame.drawLeftAxis(counts, title: "training images", in: &drawing)
    if !series.isEmpty {
      frame.drawRightAxis(accuracy, title: "accuracy, %", in: &drawing) { Scale.label(($0 * 100).rounded()) }
    }
    drawBars(frame, counts, in: &drawing)
    for x in limits { drawing.line((x, frame.top - 4), (x, frame.bottom), style: "limit") }
    frame.drawBaseLine(in: &drawing)
    for index in series.indices { drawSeries(index, frame, accuracy, in: &drawing) }
    let chart = drawing.markup(title: title, description: description)
    return .joined([
      Legend.markup(series.map(\.name), bars: "training images"), .element("div", [("class", "scroll")], [chart]),
    ])
  }

  private var description: String {
    let most = order.first.map { "\(classes[$0].name) with \(classes[$0].trainingCount)" } ?? "none"
    let least = order.last.map { "\(classes[$0].name) with \(classes[$0].trainingCount)" } ?? "none"
    return "\(classes.count) classes, from \(most) to \(least) training images"
      + (series.isEmpty ? "" : ", with the accuracy of " + series.map(\.name).joined(separator: " and ")) + "."
  }

  private func middle(_ position: Int, _ frame: Frame) -> Double {
    frame.left + (Double(position) + 0.5) * frame.width / Double(max(1, classes.count))
  }

  // MARK: Groups and bars

  /// Draws the names of the shot groups, and a shaded background for every other one.
  ///
  /// - Returns: the boundaries between groups.
  private func drawGroups(_ frame: Frame, in drawing: inout Drawing) -> [Double] {
    var limits: [Double] = []
    var start = 0
    var number = 0
    let slot = frame.width / Double(max(1, classes.count))
    while start < order.count {
      let group = classes[order[start]].shotGroup
      let end = order[start...].firstIndex { classes[$0].shotGroup != group } ?? order.count
      let x = frame.left + Double(start) * slot
      let width = Double(end - start) * slot
      if number.isMultiple(of: 2) {
        drawing.rectangle(x: x, y: frame.top - 4, width: width, height: frame.height + 4, style: "band")
      }
      if start > 0 { limits.append(x) }
      // Above the line of the axis titles.
      drawing.text(group, x: x + width / 2, y: frame.top - 32, anchor: .middle, style: "group")
      start = end
      number += 1
    }
    return limits
  }

  private func drawBars(_ frame: Frame, _ scale: Scale, in drawing: inout Drawing) {
    guard classes.count <= Self.greatestMarkedCount else {
      drawOutline(frame, scale, in: &drawing)
      return drawCount(frame, in: &drawing)
    }
    let slot = frame.width / Double(max(1, classes.count))
    let width = min(40, slot * (showsNames ? 0.66 : 0.8))
    for (position, index) in order.enumerated() {
      let category = classes[index]
      let x = middle(position, frame)
      if category.trainingCount > 0 {
        let y = scale.position(Double(category.trainingCount))
        drawing.rectangle(
          x: x - width / 2, y: y, width: width, height: frame.bottom - y, style: "bar", rounding: min(2, width / 4),
          tip: "\(category.name): \(category.trainingCount) training images")
      }
      if showsNames {
        drawing.text(category.name, x: x + 4, y: frame.bottom + 18, anchor: .end, style: "tick", rotation: -38)
      }
    }
    if !showsNames { drawCount(frame, in: &drawing) }
  }

  /// The bars of thousands of classes as one shape.
  private func drawOutline(_ frame: Frame, _ scale: Scale, in drawing: inout Drawing) {
    let slot = frame.width / Double(max(1, classes.count))
    var commands = "M\(short(frame.left)) \(short(frame.bottom))"
    var start = 0
    // Adjacent classes with equal counts are one step of the outline.
    while start < order.count {
      let count = classes[order[start]].trainingCount
      let end = order[start...].firstIndex { classes[$0].trainingCount != count } ?? order.count
      let y = count > 0 ? scale.position(Double(count)) : frame.bottom
      commands += "V\(short(y))H\(short(frame.left + Double(end) * slot))"
      start = end
    }
    drawing.path(commands + "V\(short(frame.bottom))z", style: "bar")
  }

  private func drawCount(_ frame: Frame, in drawing: inout Drawing) {
    drawing.text(
      "\(classes.count) classes, most training images first", x: frame.left + frame.width / 2, y: frame.bottom + 22,
      anchor: .middle, style: "axis")
  }

  // MARK: Accuracies

  /// Few classes: marks connected by a line. Many classes: faint marks, and a line through moving averages.
  private func drawSeries(_ index: Int, _ frame: Frame, _ scale: Scale, in drawing: inout Drawing) {
    let values = order.map { label -> Double? in
      guard label < series[index].accuracies.count, let value = series[index].accuracies[label] else { return nil }
      return value.isFinite ? value : nil
    }
    func points(_ values: [Double?]) -> [(x: Double, y: Double)?] {
      values.enumerated().map { position, value in value.map { (middle(position, frame), scale.position($0)) } }
    }
    let style = "curve s\(index % Palette.count)"
    drawing.polyline(points(showsNames ? values : Self.smoothed(values)), style: showsNames ? style + " thin" : style)
    guard classes.count <= Self.greatestMarkedCount else {
      return drawing.dots(points(values).compactMap { $0 }, style: "dots s\(index % Palette.count)")
    }
    for (position, point) in points(values).enumerated() {
      guard let point, let value = values[position] else { continue }
      drawing.mark(
        index, x: point.x, y: point.y, radius: showsNames ? 5 : 2.6, style: showsNames ? "" : "faint",
        tip: "\(classes[order[position]].name), \(series[index].name): \(RunQuery.percent(value)) %")
    }
  }

  /// Moving averages over a window of about a tenth of the classes, computed from running sums.
  static func smoothed(_ values: [Double?]) -> [Double?] {
    let reach = max(1, values.count / 20)
    var sums: [(sum: Double, count: Int)] = [(0, 0)]
    for value in values {
      let last = sums[sums.count - 1]
      sums.append((last.sum + (value ?? 0), last.count + (value == nil ? 0 : 1)))
    }
    return values.indices.map { index in
      let (start, end) = (sums[max(0, index - reach)], sums[min(values.count, index + reach + 1)])
      return end.count > start.count ? (end.sum - start.sum) / Double(end.count - start.count) : nil
    }
  }
}
