import ArgumentParser

/// Looks at data before anything is trained.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Look at a data set, check it, or thin it to a long tail.",
    subcommands: [DataInspectCommand.self, DataCheckCommand.self, DataMakeLongtailCommand.self])
}
