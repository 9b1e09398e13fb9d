import Foundation

/// Sample images, one row per class.
public struct ImageSection: ReportSection {
  /// An image.
  public struct Image: Sendable, Equatable {
    /// Whether the prediction for an image is correct; `none` without a prediction.
    public enum Verdict: String, Sendable { case none, correct, wrong }

    /// The bytes of a PNG file.
    public var png: [UInt8]
    /// The text below, such as the predicted class.
    public var caption: String
    /// Whether the prediction is correct.
    public var verdict: Verdict

    /// Makes an image.
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
    /// A note below the name, such as the number of training images.
    public var note: String
    /// The images.
    public var images: [Image]

    /// Makes a row.
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

  /// Makes a section.
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
