import ArgumentParser
import RunRecords
import Serialization

/// A word in the place of a command that is none.
struct UnknownCommand: Error, CustomStringConvertible {
  let word: String
  let command: String
  let known: [String]

  /// Follows the names of commands from the root; nil if they lead to a command, or to an option before that.
  static func find(in arguments: [String], of root: any ParsableCommand.Type) -> UnknownCommand? {
    var path = root.word
    var choices = root.configuration.subcommands
    for word in arguments {
      guard !choices.isEmpty, !word.hasPrefix("-"), word != "help" else { return nil }
      guard let next = choices.first(where: { $0.word == word }) else {
        return UnknownCommand(word: word, command: path, known: choices.map { $0.word })
      }
      path += " " + word
      choices = next.configuration.subcommands
    }
    return nil
  }

  /// The word, the nearest name or all names, and where to read on.
  var description: String {
    let hint =
      NearestName.find(word, in: known).map { "did you mean '\(command) \($0)'?" }
      ?? "there are: \(known.joined(separator: ", "))"
    return "'\(command)' has no command '\(word)'; \(hint)\n  See '\(command) --help' for more information."
  }
}

extension ParsableCommand {
  /// The word that names this command.
  static var word: String { configuration.commandName ?? "\(Self.self)" }

  /// All words from the root to this command; the root's alone if it is not a subcommand.
  static func fullName(below root: any ParsableCommand.Type) -> String {
    func path(from start: any ParsableCommand.Type) -> [String]? {
      if start == Self.self { return [start.word] }
      for next in start.configuration.subcommands {
        if let rest = path(from: next) { return [start.word] + rest }
      }
      return nil
    }
    return (path(from: root) ?? [root.word]).joined(separator: " ")
  }
}
