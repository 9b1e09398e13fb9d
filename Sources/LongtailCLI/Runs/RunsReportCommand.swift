import ArgumentParser
import Foundation
import Longtail

/// The page of runs, made again from their folders.
struct RunsReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Make the page of a run again, or one page of several.",
    discussion: """
      Reads what the folders hold: metrics, classes and the log, also of a run that has not ended. Runs of one recipe with different \
      seeds are one method; a folder stands for all the runs in it. Of one RUN the page is RUN/report.html, and takes the place of the \
      one that lies there.
      """)

  @Argument(help: ArgumentHelp("Folders of runs, or names in runs/.", valueName: "RUN"))
  var runs: [String]

  @Option(
    help: ArgumentHelp(
      "Write the page to this file, which must not exist. Needed for several RUNs.", valueName: "FILE.html"),
    completion: .file(extensions: ["html"]))
  var out: String?

  func run() throws {
    if let out { try OutputFile.checkAbsent(out) }
    let folders = try runs.map { try RunLocation.path(of: $0) }
    guard let path = out ?? (folders.count == 1 ? RunFolder(folders[0]).reportPath : nil) else {
      throw ValidationError("\(folders.count) folders make one page; name its file with --out FILE.html.")
    }
    let summaries = try folders.flatMap { try RunQuery.list($0) }
    let places = summaries.map { URL(fileURLWithPath: $0.path).resolvingSymlinksInPath().path }
    if let twice = places.indices.first(where: { places[..<$0].contains(places[$0]) }) {
      throw ValidationError("\(summaries[twice].path) is named twice; each run stands once on a page.")
    }
    let methods = Self.methods(summaries)
    guard let first = methods.first else {
      throw RunError.notARun(path: folders[0])
    }
    let title = methods.count == 1 ? first.name : "Comparison"
    try RunReport.page(methods, title: title).write(to: path)
    Console.output("wrote \(path)")
  }

  /// Runs of one recipe and selection rule together. A run without metrics, which says no rule, joins the first method of its
  /// recipe.
  private static func methods(_ summaries: [RunSummary]) -> [RunReport.Method] {
    var methods: [RunReport.Method] = []
    var positions: [String: Int] = [:]
    for summary in summaries.filter({ $0.selection != nil }) + summaries.filter({ $0.selection == nil }) {
      let name = summary.recipe ?? summary.name
      let key = summary.selection.map { name + "\n" + $0.rawValue } ?? name
      if let position = positions[key] {
        methods[position].runs.append(RunFolder(summary.path))
      } else {
        positions[key] = methods.count
        positions[name] = positions[name] ?? methods.count
        methods.append(RunReport.Method(name: name, runs: [RunFolder(summary.path)]))
      }
    }
    return methods
  }
}
