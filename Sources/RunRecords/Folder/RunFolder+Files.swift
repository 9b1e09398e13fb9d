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
  /// - Throws: `SerializationError.cannotRead` or `.malformed`.
  public func readEnvironment() throws -> RunEnvironment {
    try JSONFile.read(RunEnvironment.self, from: environmentPath)
  }

  /// Writes `metrics.json`.
  ///
  /// - Throws: `SerializationError.cannotWrite`.
  public func write(_ metrics: RunMetrics) throws { try JSONFile.write(metrics, to: metricsPath) }

  /// Reads `metrics.json`.
  ///
  /// - Throws: `SerializationError.cannotRead` or `.malformed`; `RunError.otherFormat` for a file of another version.
  public func readMetrics() throws -> RunMetrics {
    let members = try JSONFile.read(JSONObject.self, from: metricsPath)
    let format = members["format"]?.integerValue
    guard format == RunFolder.format else { throw RunError.otherFormat(path: metricsPath, format: format) }
    return try JSONValue.object(members).decode(RunMetrics.self, from: metricsPath)
  }

  /// Writes `predictions.csv`, one row per image.
  ///
  /// - Throws: `SerializationError.cannotWrite`.
  public func write(_ predictions: some Sequence<PredictionRecord>) throws {
    try CSVFile.write(to: predictionsPath, header: PredictionRecord.header, rows: predictions.lazy.map(\.fields))
  }

  /// Reads `predictions.csv`.
  ///
  /// - Throws: `SerializationError.cannotRead` or `.malformed`.
  public func readPredictions() throws -> [PredictionRecord] {
    try Self.records(in: predictionsPath, PredictionRecord.header, PredictionRecord.init)
  }

  /// Writes `per-class.csv`, one row per class.
  ///
  /// - Throws: `SerializationError.cannotWrite`.
  public func write(_ classes: some Sequence<ClassRecord>) throws {
    try CSVFile.write(to: perClassPath, header: ClassRecord.header, rows: classes.lazy.map(\.fields))
  }

  /// Reads `per-class.csv`.
  ///
  /// - Throws: `SerializationError.cannotRead` or `.malformed`.
  public func readClasses() throws -> [ClassRecord] {
    try Self.records(in: perClassPath, ClassRecord.header, ClassRecord.init)
  }

  private static func records<Record>(
    in path: String, _ header: [String], _ record: ([String]) -> Record?
  ) throws -> [Record] {
    let rows = try CSVFile.read(path)
    guard rows.first?.fields == header else {
      throw SerializationError.malformed(
        path: path, place: "line 1", reason: "expected the columns \(header.joined(separator: ","))")
    }
    return try rows.dropFirst().map { row in
      guard let record = record(row.fields) else {
        throw SerializationError.malformed(
          path: path, place: "line \(row.line)",
          reason: "expected \(header.joined(separator: ",")), numbers where they belong")
      }
      return record
    }
  }
}
