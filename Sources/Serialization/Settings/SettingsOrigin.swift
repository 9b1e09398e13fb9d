/// The origin of the value of a setting.
public enum SettingsOrigin: Sendable, Hashable, CustomStringConvertible {
  /// The recipe itself.
  case recipeDefault
  /// A named variant of the recipe.
  case preset(String)
  /// Chosen for the data set.
  case data(reason: String)
  /// Derived from another setting that was given.
  case derived(reason: String)
  /// A line of a file, from 1.
  case file(String, line: Int)
  /// `--set` on the command line.
  case commandLine

  /// Whether the value was given by a preset, a file or the command line; chosen and derived values do not replace it.
  public var isGiven: Bool {
    switch self {
    case .recipeDefault, .data, .derived: false
    case .preset, .file, .commandLine: true
    }
  }

  /// The origin as it is printed: `recipe default`, `preset balms`, `chosen: 5,784 images`, `settings.yaml:12`, `--set`.
  public var description: String {
    switch self {
    case .recipeDefault: "recipe default"
    case .preset(let name): "preset \(name)"
    case .data(let reason): "chosen: \(reason)"
    case .derived(let reason): "follows: \(reason)"
    case .file(let path, let line): "\(path):\(line)"
    case .commandLine: "--set"
    }
  }
}
