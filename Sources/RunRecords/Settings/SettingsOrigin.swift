/// Where the value of a setting comes from.
public enum SettingsOrigin: Sendable, Hashable, CustomStringConvertible {
  /// The recipe itself.
  case recipeDefault
  /// A named variant of the recipe.
  case preset(String)
  /// A line of a file, from 1.
  case file(String, line: Int)
  /// `--set` on the command line.
  case commandLine

  /// The origin as it is printed: `recipe default`, `preset balms`, `settings.yaml:12`, `--set`.
  public var description: String {
    switch self {
    case .recipeDefault: "recipe default"
    case .preset(let name): "preset \(name)"
    case .file(let path, let line): "\(path):\(line)"
    case .commandLine: "--set"
    }
  }
}
