import ArgumentParser
import Foundation
import Longtail

/// The `predict` command.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Name what pictures show.",
    discussion: "Folders are searched for pictures. One line per picture: the best classes with their probabilities.")

  /// How lines are written.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    /// Columns for people.
    case table
    /// Comma-separated values with a header.
    case csv
    /// One JSON object a line.
    case jsonl
  }

  @Argument(help: "A run's folder or a checkpoint file.", completion: .file())
  var source: String
  @Argument(help: "Pictures or folders of pictures.", completion: .file())
  var pictures: [String]
  @Option(help: "How many classes to name per picture.")
  var top = 1
  @Option(help: "table, csv or jsonl.")
  var format = Format.table
  @Option(help: "Views of each picture whose scores are averaged: single, mirrored or ten-crops.")
  var views = TestViews.single
  @Flag(help: "Leave out pictures that cannot be decoded instead of refusing them.")
  var skipUnreadable = false
  @OptionGroup var compute: ComputeOptions

  func run() throws {
    guard top >= 1 else { throw ValidationError("--top is \(top), but must be at least 1.") }
    let checkpoint = try CheckpointSource(source).checkpoint
    let description = checkpoint.description
    let settings = try ComputeSettings(
      RunLaunch(
        recipe: description.recipe, data: "", device: compute.device, precision: compute.precision,
        threads: compute.threads))
    let files = try ImageFiles(pictures)
    let maker = PictureMaker(
      preprocessing: description.preprocessing, device: settings.device, skipsUnreadable: skipUnreadable)
    let prepared = try ViewedPictures(files, views: views, maker: maker)
    for picture in prepared.skipped { Console.error("left out: \(picture.reason)") }
    let model = try checkpoint.model()
    try model.move(to: settings.device, format: settings.memoryFormat)
    let writer = PredictionWriter(
      format: format, classNames: description.classNames, top: min(top, description.classNames.count))
    writer.begin()
    try Evaluator(for: description, compute: settings)
      .logits(of: model, on: prepared) { logits, start in
        let width = description.classNames.count
        for row in 0..<logits.count / width {
          try writer.write(prepared.names[start + row], Array(logits[row * width..<(row + 1) * width]))
        }
      }
  }
}

/// Writes predictions in the chosen form.
struct PredictionWriter {
  let format: PredictCommand.Format
  let classNames: [String]
  let top: Int

  func begin() {
    guard format == .csv else { return }
    let header = ["path"] + (1...top).flatMap { ["class\($0)", "probability\($0)"] }
    Console.output(String(CSVFile.line(header).dropLast()))
  }

  func write(_ path: String, _ logits: [Float]) throws {
    let best = ranked(logits)
    switch format {
    case .table:
      Console.output(
        path + "  " + best.map { "\(classNames[$0.0]) \(RunQuery.percent($0.1)) %" }.joined(separator: "  "))
    case .csv:
      let fields = best.flatMap { [classNames[$0.0], RunQuery.decimal($0.1, digits: 6)] }
      Console.output(String(CSVFile.line([path] + fields).dropLast()))
    case .jsonl:
      let classes = best.map { JSONValue.object(["class": .string(classNames[$0.0]), "probability": .number($0.1)]) }
      Console.output(JSONValue.object(["path": .string(path), "predictions": .array(classes)]).compactText)
    }
  }

  /// The best classes with their softmax probabilities; of equal scores the lower index first.
  private func ranked(_ logits: [Float]) -> [(Int, Double)] {
    let largest = Double(logits.max() ?? 0)
    let shares = logits.map { exp(Double($0) - largest) }
    let sum = shares.reduce(0, +)
    let order = logits.indices.sorted { logits[$0] == logits[$1] ? $0 < $1 : logits[$0] > logits[$1] }
    return order.prefix(top).map { ($0, shares[$0] / sum) }
  }
}
