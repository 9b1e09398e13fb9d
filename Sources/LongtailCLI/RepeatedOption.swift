/// An option that stands on the command line twice with different values: the parser would take the last one and ignore the other.
struct RepeatedOption: Error, CustomStringConvertible {
  /// The options that may be repeated; each time adds a value.
  static let repeatable: Set<String> = ["--set", "--finished-stage", "--shape"]

  let name: String

  var description: String { "\(name) stands twice, and only one of both would count; leave out the other." }

  /// The first such option.
  /// - Parameter arguments: the command line without the name of the tool.
  static func find(in arguments: [String]) -> RepeatedOption? {
    var values: [String: String] = [:]
    for (name, value) in options(in: arguments.prefix { $0 != "--" }) where !repeatable.contains(name) {
      guard let other = values.updateValue(value, forKey: name), other != value else { continue }
      return RepeatedOption(name: name)
    }
    return nil
  }

  /// Names with values; a flag has none, or what stands behind it, which is the same for each place only by chance.
  private static func options(in arguments: ArraySlice<String>) -> [(name: String, value: String)] {
    arguments.indices.compactMap { index in
      guard arguments[index].hasPrefix("--") else { return nil }
      let parts = arguments[index].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
        String.init)
      if parts.count == 2 { return (parts[0], parts[1]) }
      let next = index + 1
      return (parts[0], next < arguments.endIndex ? arguments[next] : "")
    }
  }
}
