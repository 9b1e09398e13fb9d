import Longtail
import Serialization

/// What an option that does not exist may have meant: the setting of that name.
enum SettingHint {
  /// A line to add to the parser's error; nil when nothing is near.
  ///
  /// - Parameters:
  ///   - error: the parser's error, `Unknown option '--epochs'`.
  ///   - arguments: the command line.
  static func text(for error: String, in arguments: [String]) -> String? {
    guard let command = arguments.first, ["train", "compare"].contains(command),
      let match = error.firstMatch(of: /Unknown option '--([A-Za-z0-9_-]+)/)
    else { return nil }
    let option = String(match.1)
    let value = value(of: option, in: arguments)
    switch option {
    case "epochs", "steps": return "The length is a setting: --set training.length='\(value ?? "10") \(option)'"
    default: return path(of: option).map { "It is a setting: --set \($0)=\(value ?? "VALUE")" }
    }
  }

  /// The setting whose name is nearest, of the schedule first.
  private static func path(of option: String) -> String? {
    guard let entry = RecipeRegistry.all.first, let tree = try? entry.settingsTree() else { return nil }
    let paths = tree.leaves.map(\.path).sorted { $0.hasPrefix("training.") && !$1.hasPrefix("training.") }
    let names = paths.map { $0.split(separator: ".").last.map(String.init) ?? $0 }
    guard let name = NearestName.find(option, in: names), let index = names.firstIndex(of: name) else { return nil }
    return paths[index]
  }

  private static func value(of option: String, in arguments: [String]) -> String? {
    if let joined = arguments.first(where: { $0.hasPrefix("--\(option)=") }) {
      return String(joined.dropFirst(option.count + 3))
    }
    guard let index = arguments.firstIndex(of: "--\(option)"), index + 1 < arguments.count,
      !arguments[index + 1].hasPrefix("-")
    else { return nil }
    return arguments[index + 1]
  }
}
