import Serialization

/// The recipes that can be chosen by name.
public enum RecipeRegistry {
  /// All of them, by method.
  public static let all: [RecipeEntry] = MethodRegistry.all.flatMap { $0.recipes }

  /// The recipe of a name, `METHOD/BENCHMARK`; with one slash, `BENCHMARK/METHOD` is understood too.
  ///
  /// - Throws: `UnknownRecipe` with the nearest names.
  public static func recipe(named name: String) throws -> RecipeEntry {
    let parts = name.split(separator: "/").map { aliases[String($0)] ?? String($0) }
    let known = parts.joined(separator: "/")
    let turned = parts.count == 2 ? "\(parts[1])/\(parts[0])" : known
    guard let found = all.first(where: { $0.name == known }) ?? all.first(where: { $0.name == turned }) else {
      throw UnknownRecipe(name: name)
    }
    return found
  }

  /// The method's name, by what it is also called.
  private static let aliases = Dictionary(
    uniqueKeysWithValues: MethodRegistry.cards.flatMap { card in card.aliases.map { ($0, card.name) } })
}
