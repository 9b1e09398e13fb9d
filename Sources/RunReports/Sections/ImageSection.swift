import Foundation

/// Sample images, a row a class.
public struct ImageSection: ReportSection {
  /// An image.
  public struct Image: Sendable, Equatable {
    /// Whether the answer to it was right.
    public enum Verdict: String, Sendable { case none, right, wrong }

    /// The bytes of a PNG file.
    public var png: [UInt8]
    /// What stands below it, such as the answer.
    public var caption: String
    /// Whether the answer was right.
    public var verdict: Verdict

    /// An image from its parts.
    public init(png: [UInt8], caption: String = "", verdict: Verdict = .none) {
      self.png = png
      self.caption = caption
      self.verdict = verdict
    }
  }

  /// The images of a class.
  public struct Row: Sendable, Equatable {
    /// The name of the class.
    public var name: String
    /// A remark below it, such as the number of training images.
    public var note: String
    /// The images.
    public var images: [Image]

    /// A row from its parts.
    public init(name: String, note: String = "", images: [Image]) {
      self.name = name
      self.note = note
      self.images = images
    }
  }

  /// The heading.
  public var title: String
  /// How to read it.
  public var caption: String
  private let rows: [Row]

  /// A section for rows.
  public init(_ rows: [Row], title: String = "Images", caption: String = "Some test images of each class.") {
    self.rows = rows
    self.title = title
    self.caption = caption
  }

  /// The rows.
  public var body: Markup {
    .element(
      "div", [("class", "images")],
      rows.flatMap { row in
        [
          Markup.element(
            "div", [("class", "class")], [.text(row.name), .element("small", [], [.text(row.note)])]),
          .element("div", [("class", "row")], row.images.map { Self.figure($0, of: row.name) }),
        ]
      })
  }

  private static func figure(_ image: Image, of name: String) -> Markup {
    let source = "data:image/png;base64," + Data(image.png).base64EncodedString()
    let text = image.caption.isEmpty ? name : "\(name): \(image.caption)"
    return .element(
      "figure", [("class", image.verdict.rawValue), ("title", text)],
      [
        .void("img", [("src", source), ("alt", text), ("loading", "lazy")]),
        .element("figcaption", [], [.text(image.caption)]),
      ])
  }
}
