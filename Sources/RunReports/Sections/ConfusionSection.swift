import RunRecords

/// What is taken for what: a heat map for each method.
public struct ConfusionSection: ReportSection {
  /// The answers of one method.
  public struct Matrix: Sendable, Equatable {
    /// The name to show.
    public var name: String
    /// Numbers of images: one row a true class, one column an answer.
    public var counts: [[Int]]

    /// A matrix from its parts.
    public init(name: String, counts: [[Int]]) {
      self.name = name
      self.counts = counts
    }
  }

  /// The heading.
  public var title: String
  /// How to read it.
  public var caption: String
  private let classNames: [String]
  private let matrices: [Matrix]

  /// A section for methods. Rows and columns beyond the names are left out.
  ///
  /// - Parameters:
  ///   - classNames: the classes, in the order of the matrices.
  ///   - trainingCounts: training images of each class; the classes then stand from the most to the least frequent. Without
  ///     them they stand in the given order.
  ///   - matrices: one a method.
  ///   - title: the heading.
  ///   - caption: how to read it.
  public init(
    classNames: [String], trainingCounts: [Int]? = nil, matrices: [Matrix], title: String = "What is taken for what",
    caption: String =
      "Rows are the true classes, columns the answers, frequent classes first. A row shows how the images of a class are "
      + "answered; right answers lie on the diagonal."
  ) {
    let counts = trainingCounts ?? []
    let order = classNames.indices.sorted {
      ($0 < counts.count ? -counts[$0] : 0, $0) < ($1 < counts.count ? -counts[$1] : 0, $1)
    }
    self.classNames = order.map { classNames[$0] }
    self.matrices = matrices.map { Self.reordered($0, order) }
    self.title = title
    self.caption = caption
  }

  private static func reordered(_ matrix: Matrix, _ order: [Int]) -> Matrix {
    func pick<Value>(_ values: [Value], or missing: Value) -> [Value] {
      order.map { $0 < values.count ? values[$0] : missing }
    }
    return Matrix(name: matrix.name, counts: pick(matrix.counts, or: []).map { pick($0, or: 0) })
  }

  /// A heat map for each method, and the key of the shades.
  public var body: Markup {
    let maps = matrices.map { matrix in
      Markup.element("div", [], [.element("h3", [], [.text(matrix.name)]), heatMap(matrix)])
    }
    return .joined([.element("div", [("class", "grid")], maps), key])
  }

  private var showsNames: Bool { classNames.count <= 26 }

  private func heatMap(_ matrix: Matrix) -> Markup {
    let nameRoom = showsNames ? min(110, 12 + 6.3 * Double(classNames.map(\.count).max() ?? 0)) : 34
    let size = 490 - nameRoom - 8
    var drawing = Drawing(width: 490, height: size + (showsNames ? 14 + nameRoom * 0.72 : 28))
    let frame = Frame(left: nameRoom, top: 4, right: nameRoom + size, bottom: 4 + size)
    drawCells(matrix, frame, in: &drawing)
    drawNames(frame, in: &drawing)
    return drawing.markup(title: "Answers of \(matrix.name)", description: description(matrix))
  }

  private func description(_ matrix: Matrix) -> String {
    let right = matrix.counts.enumerated().reduce(0) { $0 + ($1.offset < $1.element.count ? $1.element[$1.offset] : 0) }
    let all = matrix.counts.reduce(0) { $0 + $1.reduce(0, +) }
    return "\(right) of \(all) images of \(classNames.count) classes are answered right."
  }

  /// One path a shade: a map of 100 classes has ten thousand cells.
  private func drawCells(_ matrix: Matrix, _ frame: Frame, in drawing: inout Drawing) {
    let cell = frame.width / Double(max(1, classNames.count))
    let gap = showsNames ? 1.0 : 0
    var paths = [String](repeating: "", count: Palette.shades)
    if !showsNames {
      drawing.rectangle(x: frame.left, y: frame.top, width: frame.width, height: frame.height, style: "h0")
    }
    var numbers: [(text: String, x: Double, y: Double, isDark: Bool)] = []
    for (row, counts) in matrix.counts.prefix(classNames.count).enumerated() {
      let total = counts.reduce(0, +)
      for (column, count) in counts.prefix(classNames.count).enumerated() {
        let fraction = total > 0 ? Double(count) / Double(total) : 0
        let shade = Palette.shade(fraction)
        if shade == 0, !showsNames { continue }  // the ground
        let (x, y) = (frame.left + Double(column) * cell, frame.top + Double(row) * cell)
        let side = short(cell - gap)
        paths[shade] += "M\(short(x)) \(short(y))h\(side)v\(side)h-\(side)z"
        if classNames.count <= 12, count > 0 {
          numbers.append((Scale.label((fraction * 100).rounded()), x + cell / 2, y + cell / 2 + 4, shade > 4))
        }
      }
    }
    for (shade, path) in paths.enumerated() { drawing.path(path, style: "h\(shade)") }
    for number in numbers {
      drawing.text(number.text, x: number.x, y: number.y, anchor: .middle, style: number.isDark ? "cell on" : "cell")
    }
  }

  private func drawNames(_ frame: Frame, in drawing: inout Drawing) {
    let cell = frame.width / Double(max(1, classNames.count))
    let step = showsNames ? 1 : (classNames.count > 50 ? 20 : 10)
    for index in stride(from: 0, to: classNames.count, by: step) {
      let name = showsNames ? classNames[index] : "\(index)"
      let middle = (Double(index) + 0.5) * cell
      drawing.text(name, x: frame.left - 6, y: frame.top + middle + 4, anchor: .end, style: "tick")
      drawing.text(
        name, x: frame.left + middle + (showsNames ? 4 : 0), y: frame.bottom + 16, anchor: showsNames ? .end : .middle,
        style: "tick", rotation: showsNames ? -45 : 0)
    }
  }

  private var key: Markup {
    var drawing = Drawing(width: 300, height: 34)
    let width = 24.0
    for shade in 0..<Palette.shades {
      drawing.rectangle(x: 40 + Double(shade) * width, y: 4, width: width - 1, height: 12, style: "h\(shade)")
    }
    drawing.text("0 %", x: 32, y: 15, anchor: .end, style: "tick")
    drawing.text("100 %", x: 44 + Double(Palette.shades) * width, y: 15, style: "tick")
    return .element("div", [], [drawing.markup(title: "Shades", description: "From no image of a row to all of them.")])
  }
}
