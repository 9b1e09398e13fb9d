/// The shapes of an SVG chart. Lengths are pixels at full size; y grows downwards.
struct Drawing {
  /// The position of text relative to its point.
  enum Anchor: String { case start, middle, end }

  let width: Double
  let height: Double
  private(set) var shapes: [Markup] = []

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  mutating func line(_ from: (x: Double, y: Double), _ to: (x: Double, y: Double), style: String) {
    shapes.append(
      .element(
        "line",
        [
          ("x1", short(from.x)), ("y1", short(from.y)), ("x2", short(to.x)), ("y2", short(to.y)), ("class", style),
        ]))
  }

  mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, style: String, rounding: Double = 0, tip: String? = nil
  ) {
    var attributes: [(String, String)] = [
      ("x", short(x)), ("y", short(y)), ("width", short(max(0, width))), ("height", short(max(0, height))),
      ("class", style),
    ]
    if rounding > 0 { attributes.append(("rx", short(rounding))) }
    shapes.append(.element("rect", attributes, Self.title(tip)))
  }

  mutating func text(
    _ text: String, x: Double, y: Double, anchor: Anchor = .start, style: String = "label", rotation: Double = 0
  ) {
    var attributes: [(String, String)] = [
      ("x", short(x)), ("y", short(y)), ("text-anchor", anchor.rawValue), ("class", style),
    ]
    if rotation != 0 { attributes.append(("transform", "rotate(\(short(rotation)) \(short(x)) \(short(y)))")) }
    shapes.append(.element("text", attributes, [.text(text)]))
  }

  /// A path in SVG path syntax.
  mutating func path(_ commands: String, style: String) {
    guard !commands.isEmpty else { return }
    shapes.append(.element("path", [("d", commands), ("class", style)]))
  }

  /// A line through points; nil interrupts it. A single point between interruptions is a dot.
  mutating func polyline(_ points: [(x: Double, y: Double)?], style: String) {
    var commands = ""
    for (index, point) in points.enumerated() {
      guard let point else { continue }
      let continues = index > 0 && points[index - 1] != nil
      commands += "\(continues ? "L" : "M")\(short(point.x)) \(short(point.y))"
      let isAlone = !continues && (index + 1 == points.count || points[index + 1] == nil)
      if isAlone { commands += "h0" }  // A line of length 0 with round ends is a dot.
    }
    path(commands, style: style)
  }

  /// Many dots as one path: thousands of separate marks would make the page megabytes large.
  mutating func dots(_ points: [(x: Double, y: Double)], style: String) {
    path(points.map { "M\(short($0.x)) \(short($0.y))h0" }.joined(), style: style)
  }

  /// The mark of a series: circle, square, triangle and diamond in turn, so that series do not differ by colour alone.
  mutating func mark(_ series: Int, x: Double, y: Double, radius: Double, style: String = "", tip: String? = nil) {
    let name = "mark s\(series % Palette.count) \(style)"
    switch series % 4 {
    case 0:
      shapes.append(
        .element(
          "circle", [("cx", short(x)), ("cy", short(y)), ("r", short(radius)), ("class", name)], Self.title(tip)))
    case 1:
      let side = radius * 1.75
      rectangle(x: x - side / 2, y: y - side / 2, width: side, height: side, style: name, tip: tip)
    default:
      let r = radius * 1.25
      let shape =
        series % 4 == 2
        ? "M\(short(x)) \(short(y - r))l\(short(r)) \(short(r * 1.7))h\(short(-2 * r))z"
        : "M\(short(x)) \(short(y - r))l\(short(r)) \(short(r))l\(short(-r)) \(short(r))l\(short(-r)) \(short(-r))z"
      shapes.append(.element("path", [("d", shape), ("class", name)], Self.title(tip)))
    }
  }

  /// The SVG element, with a title and a description for screen readers.
  func markup(title: String, description: String) -> Markup {
    .element(
      "svg",
      [
        ("viewBox", "0 0 \(short(width)) \(short(height))"), ("xmlns", "http://www.w3.org/2000/svg"), ("role", "img"),
        ("style", "max-width:\(short(width))px"), ("aria-label", "\(title). \(description)"),
      ],
      [.element("title", [], [.text(title)]), .element("desc", [], [.text(description)])] + shapes)
  }

  private static func title(_ tip: String?) -> [Markup] { tip.map { [.element("title", [], [.text($0)])] } ?? [] }
}

/// A coordinate with at most two decimals and without trailing zeros.
func short(_ number: Double) -> String {
  guard number.isFinite else { return "0" }
  let hundredths = (number * 100).rounded()
  guard abs(hundredths) < 1e12 else { return "0" }
  let whole = Int(hundredths)
  let sign = whole < 0 ? "-" : ""
  let (units, rest) = abs(whole).quotientAndRemainder(dividingBy: 100)
  if rest == 0 { return "\(sign)\(units)" }
  return rest % 10 == 0 ? "\(sign)\(units).\(rest / 10)" : "\(sign)\(units).\(rest < 10 ? "0" : "")\(rest)"
}
