import Foundation

/// Sample pictures, a row a class.
public struct PictureSection: ReportSection {
  /// A picture.
  public struct Picture: Sendable, Equatable {
    /// Whether the answer to it was right.
    public enum Verdict: String, Sendable { case none, right, wrong }

    /// The bytes of a PNG file.
    public var png: [UInt8]
    /// What stands below it, such as the answer.
    public var caption: String
    /// Whether the answer was right.
    public var verdict: Verdict

    /// A picture from its parts.
    public init(png: [UInt8], caption: String = "", verdict: Verdict = .none) {
      self.png = png
      self.caption = caption
      self.verdict = verdict
    }
  }

  /// The pictures of a class.
  public struct Row: Sendable, Equatable {
    /// The name of the class.
    public var name: String
    /// A remark below it, such as the number of training images.
    public var note: String
    /// The pictures.
    public var pictures: [Picture]

    /// A row from its parts.
    public init(name: String, note: String = "", pictures: [Picture]) {
      self.name = name
      self.note = note
      self.pictures = pictures
    }
  }

  /// The heading.
  public var title: String
  /// How to read it.
  public var caption: String
  private let rows: [Row]

  /// A section for rows.
  public init(_ rows: [Row], title: String = "Pictures", caption: String = "Some test pictures of each class.") {
    self.rows = rows
    self.title = title
    self.caption = caption
  }

  /// The rows.
  public var body: Markup {
    .element(
      "div", [("class", "pictures")],
      rows.flatMap { row in
        [
          Markup.element(
            "div", [("class", "class")], [.text(row.name), .element("small", [], [.text(row.note)])]),
          .element("div", [("class", "row")], row.pictures.map { Self.figure($0, of: row.name) }),
        ]
      })
  }

  private static func figure(_ picture: Picture, of name: String) -> Markup {
    let source = "data:image/png;base64," + Data(picture.png).base64EncodedString()
    let text = picture.caption.isEmpty ? name : "\(name): \(picture.caption)"
    return .element(
      "figure", [("class", picture.verdict.rawValue), ("title", text)],
      [
        .void("img", [("src", source), ("alt", text), ("loading", "lazy")]),
        .element("figcaption", [], [.text(picture.caption)]),
      ])
  }
}
