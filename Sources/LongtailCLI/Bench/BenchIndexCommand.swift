import ArgumentParser
import Foundation
import Longtail

/// The `bench index` command.
struct BenchIndexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index",
    abstract: "Time opening large sets: lists, tables, JSON, tar shards and folders of many files.",
    discussion: """
      Makes a set of the given size in a temporary folder (files of folders are empty, JSON and lists name images that are not \
      there), opens it, and removes it; with --at the set is kept, and opened again if it is there. The defaults are the sizes of \
      iNaturalist 2018 for files and of a million for folders.
      """)

  @Option(help: "What to open: \(IndexedSet.allCases.map(\.rawValue).joined(separator: ", ")); all of them without it.")
  var kind: IndexedSet?

  @Option(help: "Records of a list, table, JSON file or shards. Default: 437513.")
  var records: Int?

  @Option(help: "Files of the folder. Default: 1000000.")
  var files: Int?

  @Option(help: "Classes. Default: 8142.")
  var classes: Int?

  @Option(help: "Measurements of each; the median is shown.")
  var rounds = 3

  @Option(
    help: ArgumentHelp("Keep the set in this folder, or open the one that is there; needs --kind.", valueName: "DIR"))
  var at: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    for (name, value, least) in [
      ("records", records ?? 2, 2), ("files", files ?? 2, 2), ("classes", classes ?? 2, 2), ("rounds", rounds, 1),
    ]
    where value < least {
      throw ValidationError("--\(name) is \(value), but must be at least \(least)")
    }
    try UnusedOption.refuse(
      "--records", given: records != nil, if: kind == .folder, "the folder has files; give --files")
    try UnusedOption.refuse(
      "--files", given: files != nil, if: kind != nil && kind != .folder,
      "only --kind folder has files of its own; give --records")
    if at != nil, kind == nil { throw ValidationError("--at needs --kind: one folder holds one set") }
  }

  func run() throws {
    let reports = try at.flatMap { place in try kind.map { [try kept($0, place)] } } ?? madeAndRemoved()
    guard json else { return Console.output(reports.map(\.description).joined(separator: "\n")) }
    try Console.output(json: reports)
  }

  private func kept(_ set: IndexedSet, _ place: String) throws -> IndexReport {
    let isThere = FileManager.default.fileExists(atPath: place)
    if !isThere { try make(set, place) }
    let report = try measure(set, place)
    if isThere { try check(report, place) }
    return report
  }

  /// A set that is there has its size; another one that is asked for is refused.
  private func check(_ report: IndexReport, _ place: String) throws {
    let (size, option) = report.kind == IndexedSet.folder.rawValue ? (files, "--files") : (records, "--records")
    // Fewer records than classes leave classes out.
    let expected = [
      (option, size, report.records), ("--classes", classes.map { min($0, report.records) }, report.classes),
    ]
    for (option, given, present) in expected {
      guard let given, given != present else { continue }
      throw ValidationError(
        "\(option) is \(given), but the set in \(place) has \(present); leave it out, or name another folder with --at."
      )
    }
  }

  private func madeAndRemoved() throws -> [IndexReport] {
    let place = NSTemporaryDirectory() + "/longtail-index-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: place) }
    return try (kind.map { [$0] } ?? IndexedSet.allCases).map { set in
      let path = place + "/" + set.rawValue
      try make(set, path)
      defer { try? FileManager.default.removeItem(atPath: path) }
      return try measure(set, path)
    }
  }

  private func make(_ set: IndexedSet, _ path: String) throws {
    Console.error("making \(set.rawValue)...")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try set.make(at: path, records: set == .folder ? files ?? 1_000_000 : records ?? 437_513, classes: classes ?? 8142)
  }

  private func measure(_ set: IndexedSet, _ path: String) throws -> IndexReport {
    var times: [Duration] = []
    var stored = 0
    var (count, classCount) = (0, 0)
    let before = ProcessUsage.residentBytes
    var growth = 0
    for round in 0..<rounds {
      var opened: (any ImageSource)?
      times.append(try measured { opened = try set.opened(at: path) })
      guard let images = opened else { continue }
      // The first round alone starts from memory that nothing has used before.
      if round == 0 { growth = ProcessUsage.residentBytes - before }
      (count, classCount) = (images.count, images.classNames.count)
      stored = IndexedSet.storedBytes(of: images)
    }
    guard let summary = TimingSummary(times) else { throw CancellationError() }
    return IndexReport(
      kind: set.rawValue, records: count, classes: classCount, milliseconds: summary,
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
