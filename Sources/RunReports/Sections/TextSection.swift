/// Paragraphs of plain text: how to repeat the runs, what to read next.
public struct TextSection: ReportSection {
  /// The heading.
  public var title: String
  /// A first sentence.
  public var caption: String
  private let commands: [String]

  /// A section with commands, each on a line of its own.
  public init(title: String, caption: String, commands: [String] = []) {
    self.title = title
    self.caption = caption
    self.commands = commands
  }

  /// The commands.
  public var body: Markup {
    commands.isEmpty ? .empty : .element("pre", [("class", "scroll")], [.text(commands.joined(separator: "\n"))])
  }
}
