/// The area of a chart inside its axes.
struct Frame {
  let left: Double
  let top: Double
  let right: Double
  let bottom: Double

  var width: Double { right - left }
  var height: Double { bottom - top }

  /// Horizontal lines across the area with the texts of the ticks at the left.
  func drawLeftAxis(_ scale: Scale, title: String, in drawing: inout Drawing, label: (Double) -> String = Scale.label) {
    for tick in scale.ticks {
      let y = scale.position(tick)
      drawing.line((left, y), (right, y), style: "grid")
      drawing.text(label(tick), x: left - 8, y: y + 4, anchor: .end, style: "tick")
    }
    drawing.text(title, x: left, y: top - 12, style: "axis")
  }

  /// The texts of the ticks at the right, without lines.
  func drawRightAxis(_ scale: Scale, title: String, in drawing: inout Drawing, label: (Double) -> String = Scale.label)
  {
    for tick in scale.ticks {
      drawing.text(label(tick), x: right + 8, y: scale.position(tick) + 4, style: "tick")
    }
    drawing.text(title, x: right, y: top - 12, anchor: .end, style: "axis")
  }

  /// The base line with ticks below.
  func drawBottomAxis(_ scale: Scale, title: String, in drawing: inout Drawing) {
    drawBaseLine(in: &drawing)
    for tick in scale.ticks {
      let x = scale.position(tick)
      drawing.line((x, bottom), (x, bottom + 4), style: "base")
      drawing.text(Scale.label(tick), x: x, y: bottom + 18, anchor: .middle, style: "tick")
    }
    drawing.text(title, x: left + width / 2, y: bottom + 38, anchor: .middle, style: "axis")
  }

  /// The line at the bottom.
  func drawBaseLine(in drawing: inout Drawing) { drawing.line((left, bottom), (right, bottom), style: "base") }
}

/// Marks and names of series, as HTML above a chart.
enum Legend {
  static func markup(_ names: [String], bars: String? = nil) -> Markup {
    var items: [Markup] = []
    if let bars {
      var drawing = Drawing(width: 14, height: 14)
      drawing.rectangle(x: 2, y: 2, width: 10, height: 12, style: "bar", rounding: 1.5)
      items.append(item(drawing, bars))
    }
    for (index, name) in names.enumerated() {
      var drawing = Drawing(width: 26, height: 14)
      drawing.line((1, 7), (25, 7), style: "curve s\(index % Palette.count)")
      drawing.mark(index, x: 13, y: 7, radius: 4.5)
      items.append(item(drawing, name))
    }
    return .element("div", [("class", "legend")], items)
  }

  private static func item(_ drawing: Drawing, _ name: String) -> Markup {
    .element("span", [("class", "key")], [drawing.markup(title: name, description: "key"), .text(name)])
  }
}
