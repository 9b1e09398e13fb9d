import FileAccess
import Torch

/// What happened to each key when weights were loaded.
public struct LoadReport: Sendable, Equatable {
  /// Keys that the module has and the source had.
  public var matched: [String] = []
  /// Keys that the module has and the source lacked.
  public var missing: [String] = []
  /// Keys that only the source had.
  public var unexpected: [String] = []
  /// Keys with another shape, described as `key: expected [..], came [..]`.
  public var misshapen: [String] = []

  /// An empty report.
  public init() {}

  /// Whether every key was found with the right shape, and nothing else came.
  public var isComplete: Bool { missing.isEmpty && unexpected.isEmpty && misshapen.isEmpty }
}

/// Weights that do not fit a module.
public struct WeightMismatch: Error, CustomStringConvertible, Sendable {
  /// What was found key by key.
  public let report: LoadReport
  /// Where the weights came from.
  public let source: String

  /// What to do, if that is known better than that another model is to be chosen.
  public let remedy: String?

  /// Says what does not fit.
  public init(report: LoadReport, source: String, remedy: String? = nil) {
    self.report = report
    self.source = source
    self.remedy = remedy
  }

  /// The keys that do not fit, at most eight of a kind.
  public var description: String {
    func list(_ title: String, _ keys: [String]) -> String? {
      guard !keys.isEmpty else { return nil }
      let more = keys.count > 8 ? ", … \(keys.count - 8) more" : ""
      return "\(keys.count) \(title): " + keys.prefix(8).map(\.escapedForDisplay).joined(separator: ", ") + more
    }
    let parts = [
      list("missing", report.missing), list("unexpected", report.unexpected),
      list("of another shape", report.misshapen),
    ].compactMap { $0 }
    return "\(source.escapedForDisplay) does not fit this model (\(report.matched.count) keys match; "
      + "\(parts.joined(separator: "; "))); " + (remedy ?? "choose the model it was made with")
  }
}

extension Module {
  /// Copies values into the existing parameters and buffers, which keep their device, type and memory format.
  ///
  /// - Parameters:
  ///   - values: tensors by path.
  ///   - strict: refuse, before anything is changed, unless every key matches.
  ///   - source: what the error calls the values, such as a file name.
  /// - Throws: `WeightMismatch` with all missing, unexpected and misshapen keys.
  @discardableResult
  public final func load(_ values: [String: Tensor], strict: Bool = true, source: String = "the state") throws
    -> LoadReport
  {
    let report = match(values)
    if strict, !report.isComplete { throw WeightMismatch(report: report, source: source) }
    let matched = Set(report.matched)
    try withoutGradients {
      for target in state where matched.contains(target.name) {
        if let value = values[target.name] { try target.tensor.copy(from: value) }
      }
    }
    return report
  }

  /// Which values have the keys and shapes of the module's parameters and buffers; nothing is copied.
  ///
  /// - Parameter values: tensors by path.
  public final func match(_ values: [String: Tensor]) -> LoadReport {
    var report = LoadReport()
    let targets = state
    for target in targets {
      guard let value = values[target.name] else {
        report.missing.append(target.name)
        continue
      }
      guard value.shape == target.tensor.shape else {
        report.misshapen.append("\(target.name): expected \(target.tensor.shape), came \(value.shape)")
        continue
      }
      report.matched.append(target.name)
    }
    let known = Set(targets.map(\.name))
    report.unexpected = values.keys.filter { !known.contains($0) }.sorted()
    return report
  }
}
