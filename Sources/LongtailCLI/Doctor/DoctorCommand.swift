import ArgumentParser

/// The `doctor` command.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "doctor", abstract: "Under construction.")
}
