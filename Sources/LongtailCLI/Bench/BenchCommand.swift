import ArgumentParser

/// The `bench` command.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "bench", abstract: "Under construction.")
}
