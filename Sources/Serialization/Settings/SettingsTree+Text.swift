extension SettingsTree {
  /// The settings as YAML, each value with its origin in a comment; what `--print-config` shows and `recipe.yaml` holds.
  ///
  /// A `SettingsFile` reads the same values from the text.
  ///
  /// - Parameter recipe: the name of the recipe, written into the head.
  public func text(recipe: String? = nil) -> String {
    var lines: [(text: String, origin: String?)] = []
    if let recipe { lines.append(("recipe: \(YAMLScalar.text(of: .string(recipe)))", nil)) }
    Self.append(value, to: &lines, path: "", depth: 0, origins: Dictionary(grouping: leaves, by: \.path))
    // Long lists do not push the comments of all other lines to the right.
    let column = lines.filter { $0.origin != nil }.map(\.text.count).filter { $0 <= 60 }.max() ?? 0
    return lines.map { line in
      guard let origin = line.origin else { return line.text + "\n" }
      return line.text + String(repeating: " ", count: max(0, column - line.text.count)) + "  # \(origin)\n"
    }.joined()
  }

  /// The same as one JSON object: `recipe`, `settings`, and `origins` by path.
  public func json(recipe: String) -> JSONValue {
    let origins = leaves.reduce(into: JSONObject()) { $0[$1.path] = .string($1.origin.description) }
    return .object(["recipe": .string(recipe), "settings": value, "origins": .object(origins)])
  }

  private typealias Leaf = (path: String, value: JSONValue, origin: SettingsOrigin)

  private static func append(
    _ value: JSONValue, to lines: inout [(text: String, origin: String?)], path: String, depth: Int,
    origins: [String: [Leaf]]
  ) {
    for (key, value) in value.objectValue?.members ?? [] {
      let path = path.isEmpty ? key : "\(path).\(key)"
      let name = String(repeating: "  ", count: depth) + YAMLScalar.key(of: key) + ":"
      if let object = value.objectValue, !object.isEmpty {
        lines.append((name, nil))
        append(value, to: &lines, path: path, depth: depth + 1, origins: origins)
      } else {
        // A path may hold anything, a comment no line end.
        let origin = origins[path]?.first?.origin.description.split(whereSeparator: \.isNewline).joined(separator: " ")
        lines.append(("\(name) \(YAMLScalar.text(of: value))", origin))
      }
    }
  }
}
