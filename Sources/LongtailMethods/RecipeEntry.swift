import ModelTraining
import VisionData

/// A recipe that can be chosen by name.
public struct RecipeEntry: Sendable {
  /// `method/dataset`, with a third part for a variant.
  public let name: String
  /// One line on what it is.
  public let summary: String
  /// Where the method and its settings come from.
  public let source: String
  /// What was published or measured for it, with where; empty when nothing is known.
  public let expectation: String
  /// The defaults.
  public let settings: any MethodSettings

  /// Describes a recipe.
  public init(_ name: String, _ summary: String, source: String, expectation: String = "", settings: any MethodSettings)
  {
    self.name = name
    self.summary = summary
    self.source = source
    self.expectation = expectation
    self.settings = settings
  }

  /// The stages with the recipe's own settings; data decide how much a class weighs in them, not which they are.
  public func stages() throws -> [Stage] {
    try settings.recipe(named: name, for: ClassDistribution(counts: [2, 1])).stages
  }
}
