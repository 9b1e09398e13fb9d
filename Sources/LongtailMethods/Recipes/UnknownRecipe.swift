import Serialization

/// A recipe name that is not in the registry.
public struct UnknownRecipe: Error, CustomStringConvertible, Sendable {
  /// The name that came.
  public let name: String
  /// The name, and those that look like it.
  public var description: String {
    let near = nearestNames
    let hint = near.isEmpty ? "" : "; near it: \(near.joined(separator: ", "))"
    return "unknown recipe '\(name)'\(hint); 'longtail recipes list' shows all"
  }

  /// The names that it may stand for, nearest first, at most four: a misspelt one, those of the same method, those with
  /// a part of it.
  public var nearestNames: [String] {
    let names = RecipeRegistry.all.map(\.name)
    func method(_ name: String) -> String { String(name.prefix { $0 != "/" }) }
    var near = NearestName.find(name, in: names).map { [$0] } ?? []
    if let found = NearestName.find(method(name), in: names.map(method)) {
      near += names.filter { method($0) == found }
    }
    if near.isEmpty { near = names.filter { $0.contains(name) } }
    var seen: Set<String> = []
    return Array(near.filter { seen.insert($0).inserted }.prefix(4))
  }
}
