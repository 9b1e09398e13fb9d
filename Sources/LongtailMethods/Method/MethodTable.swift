/// The table of methods that documents show, made from the cards.
public enum MethodTable {
  /// The table in Markdown, one line per method; links are those of the repository's root.
  public static var markdown: String {
    let rows = MethodRegistry.cards.map { card in
      [
        "[\(card.title)](docs/Longtail.docc/\(card.article).md)", "`\(card.name)`", card.summary, card.paper,
        results(of: card),
      ]
    }
    let header = ["method", "recipes", "what it does", "paper", "to expect"]
    return ([header, header.map { _ in "---" }] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
      .joined(separator: "\n")
  }

  /// In the order of the benchmarks.
  private static func results(of card: MethodCard) -> String {
    Benchmark.allCases.compactMap { benchmark in card.results[benchmark].map { "\(benchmark.title): \($0)" } }
      .joined(separator: "<br>")
  }
}
