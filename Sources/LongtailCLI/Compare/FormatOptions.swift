import ArgumentParser

/// The form of a table, with the short name of JSON.
struct FormatOptions: ParsableArguments {
  @Option(
    name: .customLong("format"),
    help: ArgumentHelp("text, csv, markdown, latex or json. Default: text.", valueName: "FORMAT"))
  var given: ComparisonFormat?

  @Flag(help: "The same as --format json.")
  var json = false

  /// The form that was asked for.
  var format: ComparisonFormat { json ? .json : given ?? .text }

  func validate() throws {
    guard json, let given, given != .json else { return }
    throw ValidationError("--json and --format \(given.rawValue) exclude each other; use one of them.")
  }
}
