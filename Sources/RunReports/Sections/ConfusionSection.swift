import ModelEvaluation
import RunRecords

/// The confusion matrix of each method, as a heat map if there are not too many classes, and the most confused pairs.
public struct ConfusionSection: ReportSection {
  /// The confusion matrix of one method.
  public struct Matrix: Sendable, Equatable {
    /// The name of the method.
    public var name: String
    /// The confusion matrix.
    public var confusion: ConfusionMatrix

    /// Makes a matrix with a name.
    public init(name: String, confusion: ConfusionMatrix) {
      self.name = name
      self.confusion = confusion
    }
  }

  /// The layout, which depends on the number of classes.
  private enum Form {
    /// Two heat maps per line, with class names.
    case small
    /// One heat map per line, with class names.
    case wide
    /// Two heat maps per line, without class names, for which the cells are too small.
    case unnamed
    /// No heat map: a cell would be smaller than a pixel or two.
    case pairsOnly
  }

  /// The heading.
  public var title: String
  /// How to read it.
  public var caption: String
  private let classNames: [String]
  /// The row and column of each class in the heat map, by label.
  private let positions: [Int]
  private let matrices: [Matrix]

  /// The number of pairs listed for each method.
  private static let pairCount = 12

  /// Makes a section.
  ///
  /// - Parameters:
  ///   - classNames: the classes, in the order of the matrices; further classes are named by their label.
  ///   - trainingCounts: training images of each class, by which classes are ordered, largest first; without them
  ///     classes stay in the given order.
  ///   - matrices: one per method.
  ///   - title: the heading.
  ///   - caption: how to read it; nil for a text that fits the number of classes.
  public init(
    classNames: [String], trainingCounts: [Int]? = nil, matrices: [Matrix], title: String = "Confusion matrix",
    caption: String? = nil
  ) {
    let count = matrices.map(\.confusion.classCount).max() ?? 0
    self.classNames = (0..<count).map { $0 < classNames.count ? classNames[$0] : "\($0)" }
    let counts = trainingCounts ?? []
    let order = (0..<count).sorted {
      ($0 < counts.count ? -counts[$0] : 0, $0) < ($1 < counts.count ? -counts[$1] : 0, $1)
    }
    var positions = Array(repeating: 0, count: count)
    for (position, label) in order.enumerated() { positions[label] = position }
    self.positions = positions
    self.matrices = matrices
    self.title = title
    self.caption =
      caption
      ?? (Self.form(classCount: count) == .pairsOnly
        ? "The pairs of classes that are confused most often; \(count) classes are too many for a heat map."
        : "Rows are true classes, columns predicted classes, frequent classes first. Each row is normalised by the number of "
          + "images of its class; correct predictions lie on the diagonal. Below, the pairs that are confused most often.")
  }

  private static func form(classCount: Int) -> Form {
    switch classCount {
    case ...26: .small
    case ...60: .wide
    case ...200: .unnamed
    default: .pairsOnly
    }
  }

  private var form: Form { Self.form(classCount: classNames.count) }

  /// The heat maps with their legend, and the most confused pairs.
  public var body: Markup {
    let pairs = matrices.compactMap(pairTable)
    guard form != .pairsOnly else { return .joined(pairs) }
    let maps = matrices.map { matrix in
      Markup.element("div", [], [.element("h3", [], [.text(matrix.name)]), heatMap(matrix)])
    }
    return .joined([form == .wide ? .joined(maps) : .element("div", [("class", "grid")], maps), key] + pairs)
  }

  // MARK: Pairs

  private func pairTable(_ matrix: Matrix) -> Markup? {
    let pairs = ConfusedPair.most(Self.pairCount, of: matrix.confusion, classNames: classNames)
    let heading = Markup.element("h3", [], [.text("Most confused" + (matrices.count > 1 ? ": \(matrix.name)" : ""))])
    guard !pairs.isEmpty else {
      return .joined([heading, .element("p", [("class", "caption")], [.text("All predictions are correct.")])])
    }
    let heads = ["true class", "predicted as", "images", "% of the class"].map {
      Markup.element("th", [("scope", "col")], [.text($0)])
    }
    let rows = pairs.map { pair in
      Markup.element(
        "tr", [],
        [pair.truth, pair.predicted, "\(pair.count)", RunQuery.percent(pair.share)].map {
          .element("td", [], [.text($0)])
        })
    }
    let table = Markup.element(
      "table", [("class", "pairs")],
      [.element("thead", [], [.element("tr", [], heads)]), .element("tbody", [], rows)])
    return .joined([heading, .element("div", [("class", "scroll")], [table])])
  }

  // MARK: Map

  private var showsNames: Bool { form == .small || form == .wide }
  private var width: Double { form == .wide ? 1020 : 490 }

  /// The class names in the order of the heat map; long ones are shortened.
  private var shownNames: [String] {
    var names = Array(repeating: "", count: classNames.count)
    for (label, name) in classNames.enumerated() {
      names[positions[label]] = name.count > 17 ? name.prefix(16) + "…" : name
    }
    return names
  }

  private func heatMap(_ matrix: Matrix) -> Markup {
    let nameRoom = showsNames ? min(120, 12 + 6.3 * Double(shownNames.map(\.count).max() ?? 0)) : 34
    let size = width - nameRoom - 8
    var drawing = Drawing(width: width, height: size + (showsNames ? 14 + nameRoom * 0.72 : 28))
    let frame = Frame(left: nameRoom, top: 4, right: nameRoom + size, bottom: 4 + size)
    drawCells(matrix, frame, in: &drawing)
    drawNames(frame, in: &drawing)
    return drawing.markup(title: "Predictions of \(matrix.name)", description: description(matrix))
  }

  private func description(_ matrix: Matrix) -> String {
    let correct = matrix.confusion.entries.reduce(0) { $0 + ($1.truth == $1.predicted ? $1.count : 0) }
    let all = matrix.confusion.entries.reduce(0) { $0 + $1.count }
    return "\(correct) of \(all) images of \(classNames.count) classes are predicted correctly."
  }

  /// Draws one path per shade: a heat map of 100 classes has ten thousand cells.
  private func drawCells(_ matrix: Matrix, _ frame: Frame, in drawing: inout Drawing) {
    let cell = frame.width / Double(max(1, classNames.count))
    let gap = showsNames ? 1.0 : 0
    let side = short(cell - gap)
    var paths = [String](repeating: "", count: Palette.shades)
    func square(_ row: Int, _ column: Int) -> String {
      "M\(short(frame.left + Double(column) * cell)) \(short(frame.top + Double(row) * cell))h\(side)v\(side)h-\(side)z"
    }
    if showsNames {
      for row in classNames.indices { for column in classNames.indices { paths[0] += square(row, column) } }
    } else {
      drawing.rectangle(x: frame.left, y: frame.top, width: frame.width, height: frame.height, style: "h0")
    }
    let totals = matrix.confusion.truthCounts
    var numbers: [(text: String, x: Double, y: Double, isDark: Bool)] = []
    let cells = matrix.confusion.entries.map { ($0, positions[$0.truth], positions[$0.predicted]) }
    for (entry, row, column) in cells.sorted(by: { ($0.1, $0.2) < ($1.1, $1.2) }) {
      let fraction = Double(entry.count) / Double(totals[entry.truth])
      let shade = Palette.shade(fraction)
      paths[shade] += square(row, column)
      guard classNames.count <= 12 else { continue }
      numbers.append(
        (
          Scale.label((fraction * 100).rounded()), frame.left + (Double(column) + 0.5) * cell,
          frame.top + (Double(row) + 0.5) * cell + 4, shade > 4
        ))
    }
    for (shade, path) in paths.enumerated() { drawing.path(path, style: "h\(shade)") }
    for number in numbers {
      drawing.text(number.text, x: number.x, y: number.y, anchor: .middle, style: number.isDark ? "cell on" : "cell")
    }
  }

  private func drawNames(_ frame: Frame, in drawing: inout Drawing) {
    guard showsNames else {
      return drawing.text(
        "\(classNames.count) predicted classes, most training images first", x: frame.left + frame.width / 2,
        y: frame.bottom + 20, anchor: .middle, style: "axis")
    }
    let cell = frame.width / Double(max(1, classNames.count))
    for (index, name) in shownNames.enumerated() {
      let middle = (Double(index) + 0.5) * cell
      drawing.text(name, x: frame.left - 6, y: frame.top + middle + 4, anchor: .end, style: "tick")
      drawing.text(
        name, x: frame.left + middle + 4, y: frame.bottom + 16, anchor: .end, style: "tick", rotation: -45)
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
