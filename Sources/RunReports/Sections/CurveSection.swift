/// Loss and accuracy over the epochs, each method a line.
public struct CurveSection: ReportSection {
  /// The training of one method. Points are epoch (from 0) and value.
  public struct Curve: Sendable, Equatable {
    /// The name to show.
    public var name: String
    /// Mean training loss.
    public var loss: [Point]
    /// Accuracy as a fraction.
    public var accuracy: [Point]

    /// A curve from its parts.
    public init(name: String, loss: [Point], accuracy: [Point]) {
      self.name = name
      self.loss = loss
      self.accuracy = accuracy
    }
  }

  /// A value at an epoch.
  public struct Point: Sendable, Equatable {
    /// The epoch, from 0.
    public var epoch: Double
    /// The value; one that is not finite breaks the line.
    public var value: Double

    /// A point from its parts.
    public init(epoch: Double, value: Double) {
      self.epoch = epoch
      self.value = value
    }
  }

  /// The heading.
  public var title: String
  /// How to read it.
  public var caption: String
  private let curves: [Curve]

  /// A section for methods.
  public init(
    _ curves: [Curve], title: String = "Training",
    caption: String = "The loss that was minimised, which is not the same for all methods, and the accuracy, by epoch."
  ) {
    self.curves = curves
    self.title = title
    self.caption = caption
  }

  /// Legend and two charts.
  public var body: Markup {
    let loss = Self.chart("Training loss", "loss", curves.map(\.loss)) { Scale.covering($0, range: $1) }
    let accuracy = Self.chart(
      "Accuracy", "accuracy, %", curves.map { $0.accuracy.map { Point(epoch: $0.epoch, value: $0.value * 100) } }
    ) { Scale.covering($0, range: $1) }
    return .joined([
      Legend.markup(curves.map(\.name)), .element("div", [("class", "grid")], [loss, accuracy]),
    ])
  }

  private static func chart(
    _ title: String, _ axis: String, _ lines: [[Point]], scale: ([Double], (Double, Double)) -> Scale
  ) -> Markup {
    var drawing = Drawing(width: 490, height: 320)
    let frame = Frame(left: 48, top: 34, right: 478, bottom: 270)
    let epochs = lines.flatMap { $0.map(\.epoch) }.filter(\.isFinite)
    let horizontal = Scale.linear((epochs.min() ?? 0)...(epochs.max() ?? 1), range: (frame.left, frame.right))
    let vertical = scale(lines.flatMap { $0.map(\.value) }, (frame.bottom, frame.top))
    frame.drawLeftAxis(vertical, title: axis, in: &drawing)
    frame.drawBottomAxis(horizontal, title: "epoch", in: &drawing)
    for (index, line) in lines.enumerated() {
      let points = line.map { point -> (x: Double, y: Double)? in
        guard point.value.isFinite, point.epoch.isFinite else { return nil }
        return (horizontal.position(point.epoch), vertical.position(point.value))
      }
      drawing.polyline(points, style: "curve s\(index % Palette.count)")
      // The mark at the end names the line when colours do not.
      if let last = points.last, let last { drawing.mark(index, x: last.x, y: last.y, radius: 4.5) }
    }
    return drawing.markup(title: title, description: "\(axis) over \(epochs.count) epochs of all methods together.")
  }
}
