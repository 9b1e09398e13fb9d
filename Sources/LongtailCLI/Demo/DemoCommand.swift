import ArgumentParser

/// The `demo` command.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "demo", abstract: "Under construction.")
}
