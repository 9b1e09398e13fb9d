import FileAccess
import Foundation
import RunRecords
import Serialization

/// Makes a report from run folders. Sections whose files are missing are left out.
public enum RunReport {
  /// A method with its runs, one per seed.
  public struct Method: Sendable {
    /// The name in the report.
    public var name: String
    /// The runs. Means are over all of them; curves and confusion matrix are those of the first.
    public var runs: [RunFolder]

    /// Makes a method.
    public init(name: String, runs: [RunFolder]) {
      self.name = name
      self.runs = runs
    }

    /// The method of a run folder, or of a folder with one run per seed; its name is that of the recipe.
    public init(_ folder: RunFolder) {
      let seeds = folder.seedFolders
      runs = seeds.isEmpty ? [folder] : seeds
      name = runs.first.flatMap { RunSummary($0).recipe } ?? folder.name
    }
  }

  /// A page that compares methods.
  ///
  /// It reads `metrics.json` (`values`, `experts`, `confusion`; in `details`: `classNames`), `per-class.csv`,
  /// `environment.json`, and from `log.jsonl` the members `loss` of `epoch` lines and `accuracy` of `epoch` or
  /// `evaluation` lines. Runs need not be finished.
  ///
  /// - Throws: `RunError` or `SerializationError` for damaged files, and if no run has metrics or a completed epoch.
  public static func page(_ methods: [Method], title: String, subtitle: String = "") throws -> ReportPage {
    var page = ReportPage(title: title, subtitle: subtitle)
    let results = try methods.compactMap(result)
    let curves = try methods.compactMap(curve)
    guard !results.isEmpty || !curves.isEmpty else {
      throw RunError.notComparable(
        reason: "none of the runs has metrics or a completed epoch yet; train or resume one of them first")
    }
    page.facts = try facts(methods)
    page.sections.append(try headline(results, of: methods))
    if let classes = try classes(methods) { page.sections.append(classes) }
    if !curves.isEmpty { page.sections.append(CurveSection(curves)) }
    page.sections += try methods.compactMap { try learnedCurves($0, of: methods.count) }
    page.sections += try methods.flatMap { try classValues($0, of: methods.count) }
    page.sections += try methods.compactMap { try activationMaps($0, of: methods.count) }
    page.sections += try methods.compactMap { try experts($0, of: methods.count) }
    if let confusion = try confusion(methods) { page.sections.append(confusion) }
    return page
  }

  private static func metrics(_ folder: RunFolder) throws -> RunMetrics? {
    FileManager.default.fileExists(atPath: folder.metricsPath) ? try folder.readMetrics() : nil
  }

  // MARK: Parts

  private static func headline(_ results: [MethodResult], of methods: [Method]) throws -> any ReportSection {
    guard !results.isEmpty else {
      let states = methods.flatMap(\.runs).map { run in
        let summary = RunSummary(run)
        return "\(run.name): " + (summary.isUnmeasured ? RunQuery.unmeasured : summary.status.rawValue)
      }
      return TextSection(title: "Accuracy", caption: "Nothing is measured yet.", commands: states)
    }
    var headline = HeadlineSection(results)
    if let note = ShotLimits.note(try methods.flatMap(\.runs).map { try metrics($0)?.shotLimits }) {
      headline.caption += " " + note
    }
    return headline
  }

  private static func result(_ method: Method) throws -> MethodResult? {
    let metrics = try method.runs.compactMap(metrics)
    guard let first = metrics.first else { return nil }
    var result = MethodResult(name: method.name, values: [:])
    for name in Set(metrics.flatMap(\.values.keys)) {
      let values = metrics.compactMap { $0.values[name] }
      guard let statistic = RunComparison.statistic(values) else { continue }
      result.values[name] = statistic.mean
      result.standardDeviations[name] = statistic.standardDeviation
    }
    let seeds = metrics.count == 1 ? "seed \(first.seed)" : "mean of \(metrics.count) seeds"
    let rules = Set(metrics.map(\.selection.label)).sorted().joined(separator: ", ")
    result.note = "\(seeds), \(rules)"
    return result
  }

  private static func facts(_ methods: [Method]) throws -> [(name: String, value: String)] {
    guard let folder = methods.first?.runs.first,
      FileManager.default.fileExists(atPath: folder.environmentPath)
    else { return [] }
    let environment = try folder.readEnvironment()
    let runs = methods.flatMap(\.runs)
    let seeds = Set(
      try runs.compactMap { try metrics($0)?.seed ?? (try? $0.readEnvironment().seed) }
    ).sorted().map(String.init)
    let unreadable = try metrics(folder)?.unreadableImages
    let facts = [
      ("device", environment.deviceName ?? "\(environment.device), \(environment.processor)"),
      ("precision", environment.precision), ("seeds", seeds.joined(separator: ", ")),
      ("engine", "LibTorch \(environment.engineVersion)"), ("started", environment.startTime),
    ]
    return facts + (unreadable.map { [("unreadable images", $0)] } ?? [])
  }

  /// The accuracy per class. All methods must have the same classes with the same numbers of training images.
  private static func classes(_ methods: [Method]) throws -> ClassSection? {
    var reference: [ClassRecord] = []
    var series: [ClassSection.Series] = []
    for method in methods {
      let runs = try method.runs.filter { FileManager.default.fileExists(atPath: $0.perClassPath) }
        .map { try $0.readClasses() }
      guard let first = runs.first else { continue }
      if reference.isEmpty { reference = first }
      let identities = reference.map { [$0.name, "\($0.trainingCount)"] }
      for run in runs where run.map({ [$0.name, "\($0.trainingCount)"] }) != identities {
        throw RunError.notComparable(
          reason:
            "\(method.name): its classes or their numbers of training images differ from those of \(methods[0].name)")
      }
      let means = reference.indices.map { index in
        RunComparison.statistic(runs.compactMap { $0[index].accuracy })?.mean
      }
      series.append(ClassSection.Series(name: method.name, accuracies: means))
    }
    guard !series.isEmpty else { return nil }
    let categories = reference.map {
      ClassSection.Category(name: $0.name, trainingCount: $0.trainingCount, shotGroup: $0.shotGroup)
    }
    return ClassSection(categories, series: series)
  }

  private static func curve(_ method: Method) throws -> CurveSection.Curve? {
    guard let folder = method.runs.first, FileManager.default.fileExists(atPath: folder.logPath) else { return nil }
    let entries = try LogFile.entries(folder.logPath)
    func points(_ member: String, events: [LogEvent]) -> [CurveSection.Point] {
      var counter = EpochCounter()
      return entries.compactMap { entry in
        guard let position = counter.position(of: entry),
          let event = entry["event"]?.stringValue.flatMap(LogEvent.init), events.contains(event),
          let value = entry[member]?.doubleValue
        else { return nil }
        return CurveSection.Point(epoch: Double(position.runEpoch), value: value, stage: position.stageIndex)
      }
    }
    let curve = CurveSection.Curve(
      name: method.name, loss: points("loss", events: [.epoch]),
      accuracy: points("accuracy", events: [.epoch, .evaluation]))
    return curve.loss.isEmpty && curve.accuracy.isEmpty ? nil : curve
  }

  /// The learned activations of a method's first run, at its first and its last measurement.
  private static func learnedCurves(_ method: Method, of count: Int) throws -> LearnedCurveSection? {
    guard let folder = method.runs.first, FileManager.default.fileExists(atPath: folder.logPath) else { return nil }
    var counter = EpochCounter()
    let readings = try LogFile.entries(folder.logPath).compactMap { entry -> LearnedCurveSection.Reading? in
      guard let position = counter.position(of: entry), let curves = entry["curves"]?.objectValue else { return nil }
      let activations = curves.members.compactMap { name, values -> LearnedCurveSection.Activation? in
        guard let pair = values.arrayValue?.compactMap(\.doubleValue), pair.count == 2 else { return nil }
        return LearnedCurveSection.Activation(name: name, lambda: pair[0], kappa: pair[1])
      }
      return LearnedCurveSection.Reading(name: "epoch \(position.runEpoch)", activations: activations)
    }
    guard let first = readings.first, let last = readings.last else { return nil }
    return LearnedCurveSection(
      readings.count > 1 ? [first, last] : [last],
      title: "Learned activations" + (count > 1 ? ": \(method.name)" : ""))
  }

  /// The learned values per class of a method's first run, at its first and its last measurement.
  private static func classValues(_ method: Method, of count: Int) throws -> [ClassValueSection] {
    guard let folder = method.runs.first, FileManager.default.fileExists(atPath: folder.logPath),
      FileManager.default.fileExists(atPath: folder.perClassPath)
    else { return [] }
    let entries = try LogFile.entries(folder.logPath)
    let classes = try folder.readClasses().map {
      ClassSection.Category(name: $0.name, trainingCount: $0.trainingCount, shotGroup: $0.shotGroup)
    }
    return LearnedClassValue.allCases.compactMap { kind in
      var counter = EpochCounter()
      let readings = entries.compactMap { entry -> ClassValueSection.Reading? in
        guard let position = counter.position(of: entry),
          let values = entry[kind.rawValue]?.arrayValue?.compactMap(\.doubleValue), values.count == classes.count
        else { return nil }
        return ClassValueSection.Reading(name: "epoch \(position.runEpoch)", values: values.map { $0 * kind.factor })
      }
      guard let first = readings.first, let last = readings.last else { return nil }
      return ClassValueSection(
        readings.count > 1 ? [first, last] : [last], classes: classes, axis: kind.axis,
        title: kind.title + (count > 1 ? ": \(method.name)" : ""), caption: kind.caption)
    }
  }

  /// Class activation maps before and after calibration, from a method's first run.
  private static func activationMaps(_ method: Method, of count: Int) throws -> ImageSection? {
    guard let path = method.runs.first?.activationMapsPath,
      FileManager.default.fileExists(atPath: path + "/index.json")
    else { return nil }
    let entries = try JSONFile.read([ActivationMapEntry].self, from: path + "/index.json")
    func image(_ file: String, _ caption: String) -> ImageSection.Image? {
      // A file name with a slash would leave the run folder.
      guard !file.contains("/"), let bytes = try? InputFile.bytes(of: path + "/" + file) else { return nil }
      return ImageSection.Image(png: bytes, caption: caption)
    }
    let rows = entries.map { entry in
      ImageSection.Row(
        name: entry.name, note: "\(entry.trainingCount) training images",
        images: [image(entry.image, "image"), image(entry.before, "before"), image(entry.after, "after")]
          .compactMap { $0 })
    }
    return ImageSection(
      rows, title: "Class activation maps" + (count > 1 ? ": \(method.name)" : ""),
      caption:
        "Test images with the activation map of their true class, before and after calibration: red is high, blue "
        + "is low, on one scale for both.")
  }

  /// The experts of a method's first run.
  private static func experts(_ method: Method, of count: Int) throws -> ExpertSection? {
    guard let metrics = try method.runs.first.flatMap(metrics), let experts = metrics.experts else { return nil }
    return ExpertSection(
      experts, ensemble: metrics.values, title: "Experts" + (count > 1 ? ": \(method.name)" : ""))
  }

  private static func confusion(_ methods: [Method]) throws -> ConfusionSection? {
    var names: [String] = []
    var matrices: [ConfusionSection.Matrix] = []
    for method in methods {
      guard let folder = method.runs.first, let metrics = try metrics(folder), let confusion = metrics.confusion else {
        continue
      }
      matrices.append(ConfusionSection.Matrix(name: method.name, confusion: confusion))
      if names.isEmpty {
        names = try metrics.details["classNames"]?.decode([String].self, from: folder.metricsPath) ?? []
      }
    }
    guard !matrices.isEmpty else { return nil }
    let folder = methods.compactMap(\.runs.first).first { FileManager.default.fileExists(atPath: $0.perClassPath) }
    let classes = try folder?.readClasses()
    return ConfusionSection(
      classNames: names.isEmpty ? classes?.map(\.name) ?? [] : names, trainingCounts: classes?.map(\.trainingCount),
      matrices: matrices)
  }
}
