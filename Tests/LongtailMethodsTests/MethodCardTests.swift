import Foundation
import LongtailMethods
import Testing

/// What cards say is there: names, articles, a line in the table.
@Suite struct MethodCardTests {
  @Test func namesAndAliasesAreUnique() {
    let names = MethodRegistry.cards.flatMap { [$0.name] + $0.aliases }
    #expect(Set(names).count == names.count)
  }

  @Test(arguments: MethodRegistry.cards.map(\.name)) func cardIsComplete(name: String) throws {
    let card = try #require(MethodRegistry.cards.first { $0.name == name })
    #expect(!card.title.isEmpty)
    #expect(!card.summary.isEmpty)
    #expect(!card.paper.isEmpty)
    let articles = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/Longtail.docc")
    let article = articles.appending(path: card.article + ".md").standardizedFileURL.path
    #expect(FileManager.default.fileExists(atPath: article), "\(name) names the article \(card.article)")
  }

  @Test func tableHasALinePerMethod() {
    let lines = MethodTable.markdown.split(separator: "\n")
    #expect(lines.count == MethodRegistry.cards.count + 2)
    for (card, line) in zip(MethodRegistry.cards, lines.dropFirst(2)) {
      #expect(line.contains("`\(card.name)`"))
      #expect(line.contains(card.summary))
    }
    // A cell must not end in the middle of a text.
    #expect(Set(lines.map { $0.count { $0 == "|" } }) == [6])
  }
}
