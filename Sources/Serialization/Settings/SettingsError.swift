/// Why settings from a file or the command line are refused.
public enum SettingsError: Error, Equatable, CustomStringConvertible {
  /// There is no such setting. `path` is the whole path with dots.
  case unknownKey(path: String, nearest: String?, known: [String], origin: SettingsOrigin)
  /// The value is of the wrong type or not allowed.
  case invalidValue(path: String, reason: String, origin: SettingsOrigin?)
  /// A settings file cannot be read.
  case file(path: String, line: Int?, reason: String)
  /// The text after `--set` is not `path=value`.
  case invalidAssignment(text: String, reason: String)

  /// The origin, the path, the cause, and the nearest existing name.
  public var description: String {
    switch self {
    case .unknownKey(let path, let nearest, let known, let origin):
      if let nearest {
        "\(origin): unknown setting '\(path)'; did you mean '\(nearest)'?"
      } else if known.isEmpty {
        "\(origin): unknown setting '\(path)'; there are no settings at this place"
      } else {
        "\(origin): unknown setting '\(path)'; known at this place: \(known.joined(separator: ", "))"
      }
    case .invalidValue(let path, let reason, let origin):
      "\(origin.map { "\($0): " } ?? "")setting '\(path)': \(reason)"
    case .file(let path, let line, let reason): "\(path)\(line.map { ":\($0)" } ?? ""): \(reason)"
    case .invalidAssignment(let text, let reason): "--set \(text): \(reason)"
    }
  }
}
