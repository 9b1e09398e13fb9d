import Serialization

/// A self-contained HTML page: no scripts, no network requests, light and dark mode.
public struct ReportPage: Sendable {
  /// The heading of the page.
  public var title: String
  /// A line below it.
  public var subtitle: String
  /// Short facts below the heading, such as data set, seed, device.
  public var facts: [(name: String, value: String)]
  /// The sections in order.
  public var sections: [any ReportSection]

  /// Makes a page.
  public init(
    title: String, subtitle: String = "", facts: [(name: String, value: String)] = [],
    sections: [any ReportSection] = []
  ) {
    self.title = title
    self.subtitle = subtitle
    self.facts = facts
    self.sections = sections
  }

  /// The page as HTML.
  public var html: String {
    let head = Markup.element(
      "head", [],
      [
        .void("meta", [("charset", "utf-8")]),
        .void("meta", [("name", "viewport"), ("content", "width=device-width, initial-scale=1")]),
        .element("title", [], [.text(title)]), .style(ReportStyle.sheet),
      ])
    let body = Markup.element("body", [], [.element("main", [], [header] + sections.map(Self.markup))])
    return Markup.document(.element("html", [("lang", "en")], [head, body]))
  }

  /// Writes the page; an existing file is replaced atomically.
  ///
  /// - Throws: `SerializationError.cannotWrite`.
  public func write(to path: String) throws { try AtomicFile.write(html, to: path) }

  private var header: Markup {
    let facts = facts.map { fact in
      Markup.element("div", [], [.element("dt", [], [.text(fact.name)]), .element("dd", [], [.text(fact.value)])])
    }
    var parts: [Markup] = [.element("h1", [], [.text(title)])]
    if !subtitle.isEmpty { parts.append(.element("p", [("class", "subtitle")], [.text(subtitle)])) }
    if !facts.isEmpty { parts.append(.element("dl", [], facts)) }
    return .element("header", [], parts)
  }

  private static func markup(_ section: any ReportSection) -> Markup {
    .element(
      "section", [],
      [
        .element("h2", [], [.text(section.title)]),
        .element("p", [("class", "caption")], [.text(section.caption)]), section.body,
      ])
  }
}
