import ArgumentParser
import Foundation
import LongtailBench
import Testing

/// Every option of `longtail-bench` is used or refused, by the table of options.
@Suite(.serialized) struct BenchCommandTests {
  /// A command as the parser describes it.
  private struct Command: Decodable {
    struct Argument: Decodable {
      struct Name: Decodable {
        let kind: String
        let name: String
      }
      let names: [Name]?
      let abstract: String?

      var option: String? { names?.first { $0.kind == "long" }.map { "--" + $0.name } }
    }
    let commandName: String
    let arguments: [Argument]?
    let subcommands: [Command]?
  }

  private struct Help: Decodable { let command: Command }

  private static func commands() throws -> [Command] {
    let text: String
    do {
      _ = try BenchCommand.parseAsRoot(["--experimental-dump-help"])
      text = ""
    } catch {
      text = BenchCommand.fullMessage(for: error)
    }
    let root = try JSONDecoder().decode(Help.self, from: Data(text.utf8)).command
    return (root.subcommands ?? []).filter { $0.commandName != "help" }
  }

  @Test func theTableHasEveryOption() throws {
    let commands = try Self.commands()
    #expect(Set(commands.map(\.commandName)) == Set(OptionTable.commands.keys))
    for command in commands {
      let rows = OptionTable.commands[command.commandName, default: []].flatMap(\.names)
      let arguments = (command.arguments ?? []).filter { !["--help", "--version", nil].contains($0.option) }
      let options = arguments.compactMap(\.option)
      #expect(Set(rows) == Set(options), "\(command.commandName): \(Set(rows).symmetricDifference(options).sorted())")
      for argument in arguments { #expect(argument.abstract?.isEmpty == false, "\(command.commandName): no help") }
    }
  }

  @Test func optionsWithoutEffectAreRefused() throws {
    let set = FileManager.default.temporaryDirectory.appending(path: "longtail-bench-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: set) }
    try run(
      ["index", "--kind", "list", "--records", "8", "--classes", "2", "--rounds", "1", "--at", set, "--json"])
    for (command, rows) in OptionTable.commands.sorted(by: { $0.key < $1.key }) {
      for row in rows {
        for line in row.refused {
          let words = OptionTable.words(of: line).map { $0 == "set" ? set : $0 }
          let message = self.message(ofRunning: [command] + words)
          #expect(message?.contains(row.names[0]) == true, "\(command) \(line): \(message ?? "accepted")")
        }
      }
    }
  }

  @Test func aStepIsTimed() throws {
    try run([
      "step", "--model", "resnet20", "--batch", "4", "--classes", "3", "--images", "16", "--steps", "1", "--json",
    ])
    try run(["startup", "--model", "resnet20", "--batch", "2"])
  }

  private func run(_ arguments: [String]) throws {
    var command = try BenchCommand.parseAsRoot(arguments)
    try command.run()
  }

  private func message(ofRunning arguments: [String]) -> String? {
    do {
      try run(arguments)
      return nil
    } catch {
      return BenchCommand.fullMessage(for: error)
    }
  }
}
