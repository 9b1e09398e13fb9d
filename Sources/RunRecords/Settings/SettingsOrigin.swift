/// Where the value of a setting comes from.
public enum SettingsOrigin: Sendable, Hashable, CustomStringConvertible {
  /// The recipe itself.
  case recipeDefault
  /// A named variant of the recipe.
  case preset(String)
  /// Chosen for the data at hand.
  case data(reason: String)
  /// A line of a file, from 1.
  case file(String, line: Int)
  /// `--set` on the command line.
  case commandLine

  /// The origin as it is printed: `recipe default`, `preset balms`, `chosen: 5,784 images`, `settings.yaml:12`, `--set`.
  public var description: String {
    switch self {
    case .recipeDefault: "recipe default"
    case .preset(let name): "preset \(name)"
    case .data(let reason): "chosen: \(reason)"
    case .file(let path, let line): "\(path):\(line)"
    case .commandLine: "--set"
    }
  }
}
