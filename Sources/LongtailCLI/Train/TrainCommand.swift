import ArgumentParser

/// The `train` command.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "train", abstract: "Under construction.")
}
