import ArgumentParser

/// Says whether this machine and this installation can do the work.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Check engine, devices, codecs, disk and memory.",
    discussion: "The exit code is 2 when something is broken, 0 otherwise, with or without warnings.")

  @Flag(help: "Print JSON instead of text.")
  var json = false

  func run() throws {
    let diagnosis = Diagnosis.make()
    if json {
      try Console.output(json: diagnosis)
    } else {
      Console.output(diagnosis.text)
    }
    guard diagnosis.problems.isEmpty else { throw BrokenInstallation(count: diagnosis.problems.count) }
  }
}

/// Something that training needs does not work; what it is has been said.
struct BrokenInstallation: Error, CustomStringConvertible {
  let count: Int

  var description: String { "\(count == 1 ? "one thing is" : "\(count) things are") broken; see the problems above" }
}
