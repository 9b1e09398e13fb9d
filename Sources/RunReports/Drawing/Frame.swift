/// The plot area of a chart, inside its axes.
struct Frame {
  let left: Double
  let top: Double
  let right: Double
  let bottom: Double

  var width: Double { right - left }
  var height: Double { bottom - top }

  /// Horizontal grid lines with tick labels at the left.
  func drawLeftAxis(_ scale: Scale, title: String, in drawing: inout Drawing, label: (Double) -> String = Scale.label) {
    for tick in scale.ticks {
      let y = scale.position(tick)
      drawing.line((left, y), (right, y), style: "grid")
      drawing.text(label(tick), x: left - 8, y: y + 4, anchor: .end, style: "tick")
    }
    drawing.text(title, x: left, y: top - 12, style: "axis")
  }

  /// Tick labels at the right, without grid lines.
  func drawRightAxis(_ scale: Scale, title: String, in drawing: inout Drawing, label: (Double) -> String = Scale.label)
  {
    for tick in scale.ticks {
      drawing.text(label(tick), x: right + 8, y: scale.position(tick) + 4, style: "tick")
    }
    drawing.text(title, x: right, y: top - 12, anchor: .end, style: "axis")
  }

  /// The base line with ticks and tick labels below.
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
