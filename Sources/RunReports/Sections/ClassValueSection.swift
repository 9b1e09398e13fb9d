/// One value per class, such as learned sampling probabilities, at several times of training; classes are ordered by
/// their number of training images, largest first.
public struct ClassValueSection: ReportSection {
  /// The values of all classes at one time.
  public struct Reading: Sendable, Equatable {
    /// The time, such as `epoch 31`.
    public var name: String
    /// The values, in the order of the classes.
    public var values: [Double]

    /// Makes a reading.
    public init(name: String, values: [Double]) {
      self.name = name
      self.values = values
    }
  }

  /// The heading.
  public var title: String
  /// How to read it.
  public var caption: String
  private let classes: [ClassSection.Category]
  private let axis: String
  private let readings: [Reading]

  /// Makes a section of readings in the order of time; a reading may be shorter than the list of classes.
  public init(
    _ readings: [Reading], classes: [ClassSection.Category], axis: String, title: String, caption: String
  ) {
    self.readings = readings
    self.classes = classes
    self.axis = axis
    self.title = title
    self.caption = caption
  }

  /// Legend and chart.
  public var body: Markup {
    var drawing = Drawing(width: 1020, height: 344)
    let frame = Frame(left: 64, top: 34, right: 972, bottom: 290)
    // Classes with equal counts keep their order.
    let order = classes.indices.sorted { (-classes[$0].trainingCount, $0) < (-classes[$1].trainingCount, $1) }
    let horizontal = Scale.linear(1...Double(max(2, classes.count)), range: (frame.left + 8, frame.right - 8))
    let vertical = Scale.covering(
      [0] + readings.flatMap { $0.values.filter(\.isFinite) }, range: (frame.bottom, frame.top))
    frame.drawLeftAxis(vertical, title: axis, in: &drawing)
    frame.drawBottomAxis(horizontal, title: "class, most training images first", in: &drawing)
    for (series, reading) in readings.enumerated() {
      guard classes.count <= ClassSection.greatestMarkedCount else {
        drawing.dots(
          order.enumerated().compactMap { position, index in
            guard index < reading.values.count, reading.values[index].isFinite else { return nil }
            return (horizontal.position(Double(position + 1)), vertical.position(reading.values[index]))
          }, style: "dots s\(series % Palette.count)")
        continue
      }
      for (position, index) in order.enumerated() where index < reading.values.count && reading.values[index].isFinite {
        drawing.mark(
          series, x: horizontal.position(Double(position + 1)), y: vertical.position(reading.values[index]),
          radius: 3.2,
          style: series + 1 < readings.count ? "faint" : "",
          tip: "\(classes[index].name), \(classes[index].trainingCount) training images, \(reading.name): "
            + Scale.label(reading.values[index]))
      }
    }
    let chart = drawing.markup(title: title, description: "\(axis) of \(classes.count) classes.")
    return .joined([Legend.markup(readings.map(\.name)), .element("div", [("class", "scroll")], [chart])])
  }
}
