/// Plain text, such as commands or the states of runs.
public struct TextSection: ReportSection {
  /// The heading.
  public var title: String
  /// The first sentence.
  public var caption: String
  private let commands: [String]

  /// Makes a section with commands, one per line.
  public init(title: String, caption: String, commands: [String] = []) {
    self.title = title
    self.caption = caption
    self.commands = commands
  }

  /// The commands as preformatted text.
  public var body: Markup {
    commands.isEmpty ? .empty : .element("pre", [("class", "scroll")], [.text(commands.joined(separator: "\n"))])
  }
}
