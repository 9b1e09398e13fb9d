import ArgumentParser

/// The output format of a table.
struct FormatOptions: ParsableArguments {
  @Option(
    name: .customLong("format"),
    help: ArgumentHelp("The output format: text, csv, markdown, latex or json. Default: text.", valueName: "FORMAT"))
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
