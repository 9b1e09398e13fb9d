import Foundation
import Serialization

/// Finds runs and shows them in tables.
public enum RunQuery {
  /// The runs in a folder and below it, at most four levels deep, sorted by name. The folder itself may be a run.
  ///
  /// - Throws: `SerializationError.cannotRead` if there is no such folder.
  public static func list(_ root: String) throws -> [RunSummary] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: root, isDirectory: &isFolder), isFolder.boolValue else {
      throw SerializationError.cannotRead(path: root, reason: "there is no such folder")
    }
    let top = RunFolder(root)
    return summaries(in: top, name: "", depth: 0).sorted {
      $0.name.localizedStandardCompare($1.name) == .orderedAscending
    }
  }

  private static func summaries(in folder: RunFolder, name: String, depth: Int) -> [RunSummary] {
    var found = folder.isRun ? [RunSummary(folder, name: name.isEmpty ? folder.name : name)] : []
    guard depth < 4 else { return found }
    let children = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for child in children where !child.hasPrefix(".") && child != "checkpoints" {
      let path = folder.path + "/" + child
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      // Links are not followed: they may lead around in circles.
      guard attributes?[.type] as? FileAttributeType == .typeDirectory else { continue }
      found += summaries(in: RunFolder(path), name: name.isEmpty ? child : "\(name)/\(child)", depth: depth + 1)
    }
    return found
  }

  /// A table with one row per run: name, recipe, seed, status, epoch, metrics in per cent, selection rule.
  ///
  /// Epochs count from 1. A dash stands for a metric that a run does not have.
  public static func table(_ runs: [RunSummary], metrics: [String] = MetricName.headline) -> TextTable {
    var table = TextTable(
      [.init("run"), .init("recipe"), .init("seed", .right), .init("status"), .init("epoch", .right)]
        + metrics.map { .init(MetricName.columnTitle($0), .right) } + [.init("selection")])
    for run in runs {
      let seed = run.seed.map(String.init) ?? "-"
      let epoch = run.lastEpoch.map(String.init) ?? "-"
      table.append(
        [run.name, run.recipe ?? "-", seed, run.status.rawValue, epoch]
          + metrics.map { percent(run.values[$0]) } + [run.selection?.label ?? "-"])
    }
    table.notes = [ShotLimits.note(runs.map(\.shotLimits))].compactMap { $0 }
    table.notes += runs.filter(\.isUnmeasured).map { "\($0.name): \(unmeasured)." }
    table.notes += runs.flatMap { run in run.problems.map { "\(run.name): \($0)" } }
    return table
  }

  /// The note on a run that was not evaluated.
  public static let unmeasured = "trained to its end and not evaluated, because its data have no test set"

  /// A fraction in per cent with one digit after the point; a dash for nil.
  public static func percent(_ fraction: Double?) -> String { fraction.map { decimal($0 * 100, digits: 1) } ?? "-" }

  /// A number with a fixed number of digits after the point, independent of the locale.
  public static func decimal(_ number: Double, digits: Int) -> String {
    number.isFinite ? String(format: "%.\(digits)f", number) : "\(number)"
  }
}
