/// What adaptive activations and gates have learned: bend and slope by depth, at the first and at the last reading.
public struct LearnedCurveSection: ReportSection {
  /// A place of the network.
  public struct Place: Sendable, Equatable {
    /// Its path.
    public var name: String
    /// Bend: 0 is Gumbel's curve, 1 the logistic one.
    public var lambda: Double
    /// Slope and direction.
    public var kappa: Double

    /// A place from its parts.
    public init(name: String, lambda: Double, kappa: Double) {
      self.name = name
      self.lambda = lambda
      self.kappa = kappa
    }
  }

  /// The values of all places at one time.
  public struct Reading: Sendable, Equatable {
    /// When, such as `epoch 200`.
    public var name: String
    /// The places, in the order of the network.
    public var places: [Place]

    /// A reading from its parts.
    public init(name: String, places: [Place]) {
      self.name = name
      self.places = places
    }
  }

  /// The heading.
  public var title: String
  /// How to read it.
  public var caption: String
  private let readings: [Reading]

  /// A section for readings, the first one first.
  public init(
    _ readings: [Reading], title: String = "Learned activations",
    caption: String = "Bend and slope of each activation and gate, from the input at the left to the output at the "
      + "right. Bend 0 is Gumbel's curve, 1 the logistic one; a negative slope is a gate that falls."
  ) {
    self.readings = readings
    self.title = title
    self.caption = caption
  }

  /// Legend and two charts.
  public var body: Markup {
    .joined([
      Legend.markup(readings.map(\.name)),
      .element(
        "div", [("class", "grid")], [chart("Bend", "lambda", \.lambda), chart("Slope", "kappa", \.kappa)]),
    ])
  }

  private func chart(_ title: String, _ axis: String, _ value: KeyPath<Place, Double>) -> Markup {
    var drawing = Drawing(width: 490, height: 320)
    let frame = Frame(left: 48, top: 34, right: 478, bottom: 270)
    let count = readings.map(\.places.count).max() ?? 0
    let horizontal = Scale.linear(1...Double(max(1, count)), range: (frame.left + 8, frame.right - 8))
    let vertical = Scale.covering(
      readings.flatMap { $0.places.map { $0[keyPath: value] } }, range: (frame.bottom, frame.top))
    frame.drawLeftAxis(vertical, title: axis, in: &drawing)
    frame.drawBottomAxis(horizontal, title: "place", in: &drawing)
    for (series, reading) in readings.enumerated() {
      for (index, place) in reading.places.enumerated() where place[keyPath: value].isFinite {
        drawing.mark(
          series, x: horizontal.position(Double(index + 1)), y: vertical.position(place[keyPath: value]), radius: 3.5,
          style: series + 1 < readings.count ? "faint" : "",
          tip: "\(place.name), \(reading.name): \(Scale.label(place[keyPath: value]))")
      }
    }
    return drawing.markup(title: title, description: "\(axis) of \(count) places.")
  }
}
