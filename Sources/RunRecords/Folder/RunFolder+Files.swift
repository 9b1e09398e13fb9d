import ModelEvaluation
import Serialization

extension RunFolder {
  /// Writes `recipe.yaml`.
  ///
  /// - Throws: `SerializationError.cannotWrite`.
  public func write(_ settings: SettingsTree, recipe: String) throws {
    try AtomicFile.write(settings.text(recipe: recipe), to: recipePath)
  }

  /// Reads `recipe.yaml`.
  ///
  /// - Throws: `SettingsError.file`.
  public func readSettings() throws -> SettingsFile { try SettingsFile(recipePath) }

  /// Writes `environment.json`.
  ///
  /// - Throws: `SerializationError.cannotWrite`.
  public func write(_ environment: RunEnvironment) throws { try JSONFile.write(environment, to: environmentPath) }

  /// Reads `environment.json`.
  ///
  /// - Throws: `SerializationError.cannotRead` or `RunError.malformed`.
  public func readEnvironment() throws -> RunEnvironment {
    try JSONFile.read(RunEnvironment.self, from: environmentPath)
  }

  /// Writes `metrics.json`.
  ///
  /// - Throws: `SerializationError.cannotWrite`.
  public func write(_ metrics: RunMetrics) throws { try JSONFile.write(metrics, to: metricsPath) }

  /// Reads `metrics.json`.
  ///
  /// - Throws: `SerializationError.cannotRead`, or `RunError.malformed`, also for a newer format.
  public func readMetrics() throws -> RunMetrics {
    var metrics = try JSONFile.read(RunMetrics.self, from: metricsPath)
    guard metrics.format <= RunMetrics.newestFormat else {
      throw RunError.malformed(
        path: metricsPath, reason: "format \(metrics.format); this version reads up to \(RunMetrics.newestFormat)")
    }
    if metrics.format < 2, let rows = metrics.details["confusion"] {
      metrics.confusion = try ConfusionMatrix(rows: rows.decode([[Int]].self, from: metricsPath))
      metrics.details["confusion"] = nil
    }
    return metrics
  }

  /// Writes `predictions.csv`, one line an image.
  ///
  /// - Throws: `SerializationError.cannotWrite`.
  public func write(_ predictions: some Sequence<PredictionRecord>) throws {
    try CSVFile.write(to: predictionsPath, header: PredictionRecord.header, rows: predictions.lazy.map(\.fields))
  }

  /// Reads `predictions.csv`.
  ///
  /// - Throws: `SerializationError.cannotRead` or `RunError.malformedLine`.
  public func readPredictions() throws -> [PredictionRecord] {
    let rows = try CSVFile.read(predictionsPath)
    guard rows.first?.fields == PredictionRecord.header else {
      throw RunError.malformedLine(
        path: predictionsPath, line: 1,
        reason: "expected the columns \(PredictionRecord.header.joined(separator: ","))")
    }
    return try rows.dropFirst().map { row in
      guard let record = PredictionRecord(fields: row.fields) else {
        throw RunError.malformedLine(path: predictionsPath, line: row.line, reason: "not the record of a prediction")
      }
      return record
    }
  }

  /// Writes `per-class.csv`, one line a class.
  ///
  /// - Throws: `SerializationError.cannotWrite`.
  public func write(_ classes: some Sequence<ClassRecord>) throws {
    try CSVFile.write(to: perClassPath, header: ClassRecord.header, rows: classes.lazy.map(\.fields))
  }

  /// Reads `per-class.csv`.
  ///
  /// - Throws: `SerializationError.cannotRead` or `RunError.malformedLine`.
  public func readClasses() throws -> [ClassRecord] {
    let rows = try CSVFile.read(perClassPath)
    guard rows.first?.fields == ClassRecord.header else {
      throw RunError.malformedLine(
        path: perClassPath, line: 1, reason: "expected the columns \(ClassRecord.header.joined(separator: ","))")
    }
    return try rows.dropFirst().map { row in
      guard let record = ClassRecord(fields: row.fields) else {
        throw RunError.malformedLine(path: perClassPath, line: row.line, reason: "not the record of a class")
      }
      return record
    }
  }
}
