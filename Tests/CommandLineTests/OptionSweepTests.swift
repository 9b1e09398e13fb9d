import Foundation
import LongtailTestSupport
import Testing

/// Every option of every command is used or refused, by the table of options.
@Suite struct OptionSweepTests {
  /// A command as the parser describes it.
  private struct Command: Decodable {
    struct Argument: Decodable {
      struct Name: Decodable {
        let kind: String
        let name: String
      }
      let kind: String
      let isRepeating: Bool
      let names: [Name]?

      var option: String? { names?.first { $0.kind == "long" }.map { "--" + $0.name } }
    }
    let commandName: String
    let arguments: [Argument]?
    let subcommands: [Command]?

    /// The commands below this one that have options, by their words.
    func options(_ words: [String] = []) -> [(words: [String], arguments: [Argument])] {
      let own = (arguments ?? []).filter { !["--help", "--version", nil].contains($0.option) }
      let below = (subcommands ?? []).filter { $0.commandName != "help" }
      return (own.isEmpty ? [] : [(words, own)]) + below.flatMap { $0.options(words + [$0.commandName]) }
    }
  }

  private struct Help: Decodable { let command: Command }

  private static func commands() throws -> [(words: [String], arguments: [Command.Argument])] {
    let result = try Tool.run(["--experimental-dump-help"])
    return try JSONDecoder().decode(Help.self, from: Data(result.output.utf8)).command.options()
  }

  @Test func theTableHasEveryOption() throws {
    let commands = try Self.commands()
    #expect(Set(commands.map { $0.words.joined(separator: " ") }) == Set(OptionTable.commands.keys))
    for (words, arguments) in commands {
      let command = words.joined(separator: " ")
      let rows = OptionTable.commands[command, default: []].flatMap(\.names)
      let options = arguments.compactMap(\.option)
      #expect(Set(rows) == Set(options), "\(command): \(Set(rows).symmetricDifference(options).sorted())")
      #expect(Set(rows).count == rows.count, "\(command): an option has two rows")
    }
  }

  /// An option that takes one value and stands twice would lose one of both.
  @Test func onlyListsOfValuesAreRepeated() throws {
    let repeated = try Self.commands().flatMap(\.arguments).filter(\.isRepeating).compactMap(\.option)
    #expect(Set(repeated) == ["--set", "--finished-stage", "--shape"])
    for arguments in [
      ["train", "cross-entropy/drawn", "--data", "drawn", "--data", "photos"], ["eval", "run", "--data=a", "--data=b"],
      ["bench", "step", "--batch", "2", "--steps", "1", "--batch", "3"],
    ] {
      let result = try Tool.run(arguments)
      #expect(result.status == 2 && result.errors.contains("stands twice"), "\(arguments): \(result.errors)")
    }
    // The same value again loses nothing.
    let again = try Tool.run(["models", "show", "resnet20", "--classes", "5", "--json", "--classes=5"])
    #expect(again.status == 0 && !again.output.isEmpty, "\(again.errors)")
  }

  @Test func whatHasNoEffectIsRefused() throws {
    try withTemporaryFolder { folder in
      try Self.prepare(folder)
      let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
      for (command, rows) in OptionTable.commands.sorted(by: { $0.key < $1.key }) {
        for row in rows {
          for line in row.refused { try Self.expectRefusal(of: row, command, line, in: folder) }
        }
      }
      #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() == before)
    }
  }

  private static func expectRefusal(of row: OptionTable.Row, _ command: String, _ line: String, in folder: URL) throws {
    let result = try Tool.run(OptionTable.words(of: command + " " + line), in: folder)
    #expect(result.status == 2, "\(command) \(line): \(result.output)\(result.errors)")
    #expect(result.output.isEmpty, "\(command) \(line): \(result.output)")
    let name = row.named ?? row.names[0]
    #expect(result.errors.hasPrefix("Error: ") && result.errors.contains(name), "\(command) \(line): \(result.errors)")
  }

  /// Data with and without a test set, a run of square images, a comparison, and an indexed set.
  private static func prepare(_ folder: URL) throws {
    try Fixture.classFolders(["cat": 4, "lynx": 4], at: folder.appending(path: "photos"))
    for split in ["train", "test"] {
      try Fixture.classFolders(["cat": 3, "lynx": 3], at: folder.appending(path: "split/" + split))
    }
    try Fixture.cifar100(imagesPerClass: 1, at: folder.appending(path: "cifar"))
    try Data("cat\nlynx\n".utf8).write(to: folder.appending(path: "names.txt"))
    let small = [
      "--quiet", "--set", "training.length='1 steps'", "--set", "training.batchSize=4", "--set",
      "model.backbone=resnet20", "--set", "training.warmupEpochs=0", "--set", "data.imbalanceFactor=1",
    ]
    for arguments in [
      ["train", "cross-entropy/cifar100-lt", "--data", "cifar", "--relaxed-counts", "--out", "run"] + small,
      ["compare"] + OptionTable.words(of: OptionTable.compared),
      ["bench", "index", "--kind", "list", "--records", "8", "--classes", "2", "--rounds", "1", "--at", "set"],
    ] {
      let result = try Tool.run(arguments, in: folder)
      #expect(result.status == 0, "\(arguments): \(result.errors)")
    }
  }
}
