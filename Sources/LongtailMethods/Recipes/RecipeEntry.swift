import Datasets
import ModelTraining

/// A recipe that can be chosen by name: a method, or a variant of one, on a benchmark.
public struct RecipeEntry: Sendable {
  /// `method/benchmark`, with a further part for a variant.
  public let name: String
  /// The method.
  public let card: MethodCard
  /// Data and network.
  public let benchmark: Benchmark
  /// What the variant is, in a few words; nil for the plain method.
  public let variant: String?
  /// What was published or measured for it, with where; empty when nothing is known.
  public let expectation: String
  /// The defaults.
  public var settings: any Method

  /// What stands in the name after the method: benchmark and variant.
  public var dataName: String { String(name.dropFirst(card.name.count + 1)) }
  /// One line on what it is.
  public var summary: String { "\(card.summary); \(dataSummary)" }
  /// Variant, data and network in one line.
  public var dataSummary: String {
    (variant.map { "of \(card.name), \($0): " } ?? "") + benchmark.summary
  }

  /// The stages with the recipe's own settings; data decide how much a class weighs in them, not which they are.
  public func stages() throws -> [Stage] {
    try settings.recipe(named: name, for: ClassDistribution(counts: [2, 1])).stages
  }
}

extension Method {
  /// The recipes of the method and of its variants.
  static var recipes: [RecipeEntry] {
    let plain = Variant<Self>("", "", expecting: card.results) { _ in }
    let compared = variants.filter { $0.card == nil }
    let own = Benchmark.allCases.flatMap { benchmark in
      ([plain] + (benchmark.hasVariants ? compared : [])).map { recipe(of: card, $0, on: benchmark) }
    }
    let listed = variants.flatMap { variant in
      variant.card.map { card in Benchmark.allCases.map { recipe(of: card, variant, on: $0) } } ?? []
    }
    return own + listed
  }

  private static func recipe(of card: MethodCard, _ variant: Variant<Self>, on benchmark: Benchmark) -> RecipeEntry {
    var settings = Self(for: benchmark)
    variant.change(&settings, benchmark)
    return RecipeEntry(
      name: [card.name, benchmark.rawValue, variant.name].filter { !$0.isEmpty }.joined(separator: "/"), card: card,
      benchmark: benchmark, variant: variant.name.isEmpty ? nil : variant.summary,
      expectation: variant.results[benchmark] ?? "", settings: settings)
  }
}
