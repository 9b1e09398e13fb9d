/// What is known of a method without running it: its names, its paper, and the results that were published or measured.
public struct MethodCard: Sendable {
  /// The first part of recipe names, such as `ride`.
  public let name: String
  /// The published name, such as `RIDE`.
  public let title: String
  /// What it does, in one line.
  public let summary: String
  /// Title, venue and year of the paper, or what else the method comes from.
  public let paper: String
  /// The page of `docs/Longtail.docc` that tells of it, without the ending.
  public let article: String
  /// Other names that recipes are found by.
  public let aliases: [String]
  /// What to expect by benchmark; each text says whether a number was published or measured, where, and whether it is
  /// recalled from memory.
  public let results: [Benchmark: String]

  /// Describes a method.
  public init(
    _ name: String, title: String, summary: String, paper: String, article: String, aliases: [String] = [],
    results: [Benchmark: String] = [:]
  ) {
    self.name = name
    self.title = title
    self.summary = summary
    self.paper = paper
    self.article = article
    self.aliases = aliases
    self.results = results
  }
}
