import ArgumentParser

/// The `data` command.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "data", abstract: "Under construction.")
}
