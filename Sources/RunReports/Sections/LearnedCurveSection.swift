/// The learned parameters of adaptive activations (APA, AGLU) by depth, at several times of training.
public struct LearnedCurveSection: ReportSection {
  /// The parameters of one activation or channel gate.
  public struct Activation: Sendable, Equatable {
    /// Its module path.
    public var name: String
    /// The shape: 0 is the Gumbel curve, 1 the logistic one.
    public var lambda: Double
    /// The slope; a negative one gives a decreasing gate.
    public var kappa: Double

    /// Makes an activation.
    public init(name: String, lambda: Double, kappa: Double) {
      self.name = name
      self.lambda = lambda
      self.kappa = kappa
    }
  }

  /// The parameters of all activations at one time.
  public struct Reading: Sendable, Equatable {
    /// The time, such as `epoch 200`.
    public var name: String
    /// The activations, from the input of the network to its output.
    public var activations: [Activation]

    /// Makes a reading.
    public init(name: String, activations: [Activation]) {
      self.name = name
      self.activations = activations
    }
  }

  /// The heading.
  public var title: String
  /// How to read it.
  public var caption: String
  private let readings: [Reading]

  /// Makes a section of readings in the order of time.
  public init(
    _ readings: [Reading], title: String = "Learned activations",
    caption: String =
      "Shape (lambda) and slope (kappa) of each activation and channel gate, from the input at the left to "
      + "the output at the right. Lambda 0 is the Gumbel curve, 1 the logistic one; a negative kappa is a decreasing gate."
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
        "div", [("class", "grid")], [chart("Shape", "lambda", \.lambda), chart("Slope", "kappa", \.kappa)]),
    ])
  }

  private func chart(_ title: String, _ axis: String, _ value: KeyPath<Activation, Double>) -> Markup {
    var drawing = Drawing(width: 490, height: 320)
    let frame = Frame(left: 48, top: 34, right: 478, bottom: 270)
    let count = readings.map(\.activations.count).max() ?? 0
    let horizontal = Scale.linear(1...Double(max(1, count)), range: (frame.left + 8, frame.right - 8))
    let vertical = Scale.covering(
      readings.flatMap { $0.activations.map { $0[keyPath: value] } }, range: (frame.bottom, frame.top))
    frame.drawLeftAxis(vertical, title: axis, in: &drawing)
    frame.drawBottomAxis(horizontal, title: "activation, by depth", in: &drawing)
    for (series, reading) in readings.enumerated() {
      for (index, activation) in reading.activations.enumerated() where activation[keyPath: value].isFinite {
        drawing.mark(
          series, x: horizontal.position(Double(index + 1)), y: vertical.position(activation[keyPath: value]),
          radius: 3.5, style: series + 1 < readings.count ? "faint" : "",
          tip: "\(activation.name), \(reading.name): \(Scale.label(activation[keyPath: value]))")
      }
    }
    return drawing.markup(title: title, description: "\(axis) of \(count) activations.")
  }
}
