import ArgumentParser
import Foundation
import Longtail

/// The `bench index` command.
struct BenchIndexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index",
    abstract: "Time opening large sets: lists, tables, JSON, tar shards and folders of many files.",
    discussion: """
      Makes a set of the given size in a temporary folder (files of folders are empty, JSON and lists name images that are not there), \
      opens it, and removes it. The defaults are the sizes of iNaturalist 2018 for files and of a million for folders.
      """)

  @Option(help: "What to open: \(IndexedSet.allCases.map(\.rawValue).joined(separator: ", ")); all of them without it.")
  var kind: IndexedSet?

  @Option(help: "Records of a list, table, JSON file or shards.")
  var records = 437_513

  @Option(help: "Files of the folder.")
  var files = 1_000_000

  @Option(help: "Classes.")
  var classes = 8142

  @Option(help: "Measurements of each; the median is shown.")
  var rounds = 3

  @Option(help: "The folder in which to make the sets; the system's for temporary files without it.")
  var folder: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    for (name, value) in [("records", records), ("files", files), ("classes", classes), ("rounds", rounds)]
    where value < 2 && !(name == "rounds" && value == 1) {
      throw ValidationError("--\(name) is \(value), but must be larger")
    }
  }

  func run() throws {
    let base = URL(fileURLWithPath: folder ?? NSTemporaryDirectory())
    let place = base.appending(path: "longtail-index-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: place) }
    var reports: [IndexReport] = []
    for set in kind.map({ [$0] }) ?? IndexedSet.allCases {
      Console.error("making \(set.rawValue)...")
      let path = place + "/" + set.rawValue
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try set.make(at: path, records: set == .folder ? files : records, classes: classes)
      reports.append(try measure(set, path))
      try FileManager.default.removeItem(atPath: path)
    }
    guard json else { return Console.output(reports.map(\.description).joined(separator: "\n")) }
    try Console.output(json: reports)
  }

  private func measure(_ set: IndexedSet, _ path: String) throws -> IndexReport {
    var times: [Duration] = []
    var stored = 0
    var count = 0
    let before = ProcessUsage.residentBytes
    var growth = 0
    for round in 0..<rounds {
      var opened: (any ImageSource)?
      times.append(try measured { opened = try set.open(path) })
      guard let images = opened else { continue }
      // The first round alone starts from memory that nothing has used before.
      if round == 0 { growth = ProcessUsage.residentBytes - before }
      count = images.count
      stored = IndexedSet.storedBytes(of: images)
    }
    guard let summary = TimingSummary(times) else { throw CancellationError() }
    return IndexReport(
      kind: set.rawValue, records: count, classes: classes, milliseconds: summary,
      bytesPerRecord: Double(stored) / Double(max(1, count)), residentGrowth: growth)
  }
}

/// What `bench index` says of one set.
struct IndexReport: Encodable, CustomStringConvertible {
  let kind: String
  let records: Int
  let classes: Int
  let milliseconds: TimingSummary
  /// Bytes that paths and labels take.
  let bytesPerRecord: Double
  /// How much larger the process became by the first opening, with what the reader itself needed.
  let residentGrowth: Int

  var description: String {
    """
    \(kind): \(records) records opened in \((milliseconds.median / 1000).text(2)) s (best \((milliseconds.best / 1000).text(2)) s), \
    \(bytesPerRecord.text(1)) bytes a record kept, process grew by \((Double(residentGrowth) / 1_048_576).text(0)) MiB
    """
  }
}
