import Foundation
import Longtail
import Serialization

/// Writes predictions in the chosen form, line by line.
final class PredictionWriter {
  private let format: PredictCommand.Format
  private let classNames: [String]
  private let top: Int
  private let output: (String) -> Void
  /// The last JSON value: a comma follows it if another one comes.
  private var pending: String?

  /// - Parameters:
  ///   - format: how lines are written.
  ///   - classNames: the names of the classes, in index order.
  ///   - top: the classes that are named per image.
  ///   - output: takes a line.
  init(format: PredictCommand.Format, classNames: [String], top: Int, output: @escaping (String) -> Void) {
    (self.format, self.classNames, self.top, self.output) = (format, classNames, top, output)
  }

  /// Writes what stands before the first image.
  func begin() {
    switch format {
    case .csv:
      let columns = (1...top).flatMap { ["class\($0)", "probability\($0)"] }
      writeCSV(["path"] + columns + ["error"])
    case .json: output("[")
    case .table, .jsonl: break
    }
  }

  /// Writes what stands behind the last image.
  func end() {
    guard format == .json else { return }
    if let pending { output("  " + pending) }
    output("]")
  }

  /// Writes the best classes of an image with their softmax probabilities.
  func write(_ path: String, _ logits: [Float]) {
    let best = ranked(logits)
    switch format {
    case .table:
      let classes = best.map { "\(classNames[$0.0].escapedForDisplay) \(RunQuery.percent($0.1)) %" }
      output(path.escapedForDisplay + "  " + classes.joined(separator: "  "))
    case .csv:
      writeCSV([path] + best.flatMap { [classNames[$0.0], RunQuery.decimal($0.1, digits: 6)] } + [""])
    case .jsonl, .json:
      let classes = best.map { JSONValue.object(["class": .string(classNames[$0.0]), "probability": .number($0.1)]) }
      writeJSON(["path": .string(path), "predictions": .array(classes)])
    }
  }

  /// Writes that an image cannot be decoded, and why.
  func write(_ unreadable: UnreadableImage) {
    let path = unreadable.name
    switch format {
    case .table: output("\(path.escapedForDisplay)  cannot be decoded: \(reason(unreadable))")
    case .csv: writeCSV([path] + [String](repeating: "", count: top * 2) + [reason(unreadable)])
    case .jsonl, .json:
      writeJSON(["path": .string(path), "predictions": .array([]), "error": .string(reason(unreadable))])
    }
  }

  /// The reason without the path, which stands in the line already.
  private func reason(_ unreadable: UnreadableImage) -> String {
    let path = unreadable.name.escapedForDisplay + ": "
    return unreadable.reason.hasPrefix(path) ? String(unreadable.reason.dropFirst(path.count)) : unreadable.reason
  }

  private func writeCSV(_ fields: [String]) { output(String(CSVFile.line(fields).dropLast())) }

  private func writeJSON(_ object: JSONObject) {
    let text = JSONValue.object(object).compactText
    guard format == .json else { return output(text) }
    if let pending { output("  " + pending + ",") }
    pending = text
  }

  /// The best classes with their softmax probabilities; of equal logits the lower index first.
  private func ranked(_ logits: [Float]) -> [(Int, Double)] {
    let largest = Double(logits.max() ?? 0)
    let shares = logits.map { exp(Double($0) - largest) }
    let sum = shares.reduce(0, +)
    let order = logits.indices.sorted { logits[$0] == logits[$1] ? $0 < $1 : logits[$0] > logits[$1] }
    return order.prefix(top).map { ($0, shares[$0] / sum) }
  }
}
