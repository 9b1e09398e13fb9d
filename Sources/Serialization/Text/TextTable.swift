import FileAccess

/// A table of text for terminals (fixed width, no colour), Markdown and LaTeX.
public struct TextTable: Sendable, Equatable {
  /// The alignment of a column.
  public enum Alignment: Sendable, Equatable {
    /// Left, for names.
    case left
    /// Right, for numbers.
    case right
  }

  /// A column.
  public struct Column: Sendable, Equatable {
    /// The heading of the column.
    public var title: String
    /// The alignment of its text.
    public var alignment: Alignment

    /// Creates a column.
    public init(_ title: String, _ alignment: Alignment = .left) {
      self.title = title
      self.alignment = alignment
    }
  }

  /// The columns.
  public let columns: [Column]
  /// The rows; each has a text for each column.
  public private(set) var rows: [[String]] = []
  /// Notes under the table.
  public var notes: [String] = []

  /// A table without rows.
  public init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row; missing texts are empty.
  public mutating func append(_ row: [String]) {
    precondition(row.count <= columns.count, "a row has more texts than the table has columns")
    rows.append(row + Array(repeating: "", count: columns.count - row.count))
  }

  /// The table with aligned columns, two spaces between them, a rule under the head.
  ///
  /// Control characters in texts, which may be names from files, are written as escapes.
  public var plainText: String { displayed.alignedText }

  private var displayed: TextTable {
    var table = self
    table.rows = rows.map { $0.map(\.escapedForDisplay) }
    table.notes = notes.map(\.escapedForDisplay)
    return table
  }

  private var alignedText: String {
    let widths = widths
    let lines = ([columns.map(\.title)] + rows).map { fitted($0, to: widths).joined(separator: "  ") }
    let rule = widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
    return ([lines[0], rule] + lines.dropFirst() + notes).map { $0.withoutTrailingSpaces + "\n" }.joined()
  }

  /// The table in Markdown, aligned in the source too.
  public var markdown: String {
    let widths = widths
    func line(_ texts: [String]) -> String {
      "| " + fitted(texts.map(Self.escaped), to: widths).joined(separator: " | ") + " |\n"
    }
    let rule = zip(widths, columns).map { width, column in
      column.alignment == .left ? String(repeating: "-", count: width) : String(repeating: "-", count: width - 1) + ":"
    }
    let body = ([columns.map(\.title)] + rows).map(line)
    return body[0] + "| " + rule.joined(separator: " | ") + " |\n" + body.dropFirst().joined()
      + notes.map { "\n\($0)\n" }.joined()
  }

  /// The table for LaTeX, without packages; notes are comments below it.
  public var latex: String {
    let letters = columns.map { $0.alignment == .left ? "l" : "r" }.joined()
    let lines = ([columns.map(\.title)] + rows).map { $0.map(Self.inLaTeX).joined(separator: " & ") + " \\\\\n" }
    return "\\begin{tabular}{\(letters)}\n\\hline\n" + lines[0] + "\\hline\n" + lines.dropFirst().joined()
      + "\\hline\n\\end{tabular}\n" + notes.map { "% \($0)\n" }.joined()
  }

  private static func inLaTeX(_ text: String) -> String {
    text.map { character in
      switch character {
      case "&", "%", "$", "#", "_", "{", "}": "\\\(character)"
      case "\\": "\\textbackslash{}"
      case "~": "\\textasciitilde{}"
      case "^": "\\textasciicircum{}"
      case "±": "$\\pm$"
      case "−": "$-$"
      default: String(character)
      }
    }.joined()
  }

  /// The table as comma-separated values, without the notes.
  public var csv: String { ([columns.map(\.title)] + rows).map(CSVFile.line).joined() }

  /// At least three, which the rule of Markdown needs.
  private var widths: [Int] {
    columns.indices.map { index in
      max(3, (rows + [columns.map(\.title)]).map { Self.escaped($0[index]).count }.max() ?? 0)
    }
  }

  private func fitted(_ texts: [String], to widths: [Int]) -> [String] {
    zip(zip(texts, widths), columns).map { pair, column in
      let space = String(repeating: " ", count: max(0, pair.1 - pair.0.count))
      return column.alignment == .left ? pair.0 + space : space + pair.0
    }
  }

  private static func escaped(_ text: String) -> String { text.replacing("|", with: "\\|") }
}

extension String {
  fileprivate var withoutTrailingSpaces: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
