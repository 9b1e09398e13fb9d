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
