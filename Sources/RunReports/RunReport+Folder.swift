import RunRecords

extension RunReport {
  /// Writes `report.html` of a run, or of the seeds in a folder.
  ///
  /// - Parameters:
  ///   - folder: the run's folder, or the one that holds the folders of its seeds.
  ///   - title: the title.
  /// - Returns: whether there was something to show: an evaluation or a trained epoch.
  /// - Throws: as `page(_:title:subtitle:)`; `SerializationError.cannotWrite`.
  @discardableResult
  public static func write(of folder: RunFolder, title: String) throws -> Bool {
    let runs = folder.seedFolders.isEmpty ? [folder] : folder.seedFolders
    let hasContent = runs.map { RunSummary($0) }.contains { !$0.values.isEmpty || $0.lastEpoch != nil }
    if hasContent { try page([Method(folder)], title: title).write(to: folder.reportPath) }
    return hasContent
  }
}
