import ArgumentParser

/// Looks at data before anything is trained.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Look at a data set, check it, thin it to a long tail, or see it augmented.",
    subcommands: [
      DataInspectCommand.self, DataCheckCommand.self, DataMakeLongtailCommand.self, DataAugmentCommand.self,
    ])
}
