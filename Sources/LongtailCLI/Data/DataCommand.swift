import ArgumentParser

/// The `data` command.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Inspect a data set, check it, make it long-tailed, or show it augmented.",
    subcommands: [
      DataInspectCommand.self, DataCheckCommand.self, DataMakeLongtailCommand.self, DataAugmentCommand.self,
    ])
}
