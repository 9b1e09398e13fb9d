extension DataDirectory {
  /// Opens a folder in any of the known layouts (see `DataFormat`), or the training file of a list, table, JSON or tar set with its
  /// siblings. No image is opened.
  ///
  /// - Throws: `DataSourceError` that says what is wrong and which layouts are known; `ImageCodecError` if a list cannot be read.
  public static func open(_ path: String, options: DataDirectoryOptions = .init()) throws -> DataDirectory {
    let (layout, folder, notes) = try DataLayout.find(path, options: options)
    var directory = try DataDirectoryOpener(path: path, folder: folder, options: options).open(layout)
    directory.notes += notes + Self.notesOnNames(directory.classNames)
    let used = directory.training.classCounts.filter { $0 > 0 }
    guard directory.classNames.count >= 2, used.count >= 2 || options.allowsEmptyClasses else {
      throw DataSourceError.tooFewClasses(path: path, names: directory.classNames.prefix(1).map(\.self))
    }
    var result = directory
    if let list = options.trainingList {
      let selected = try IndexList.select(list, from: directory.training, prefix: directory.trainingPrefix)
      result = try directory.selectingTraining(selected.originalIndices)
    }
    let empty = result.training.emptyClasses
    guard empty.isEmpty || options.allowsEmptyClasses else {
      throw DataSourceError.emptyClasses(path: path, names: empty.map { result.classNames[$0] })
    }
    return result
  }

  /// Class names that differ only in ways that are hard to see.
  private static func notesOnNames(_ names: [String]) -> [String] {
    var first: [String: String] = [:]
    for name in names {
      let key = name.lowercased().filter { !$0.isWhitespace }
      if let other = first[key] { return ["classes '\(other)' and '\(name)' differ only in case or spaces"] }
      first[key] = name
    }
    return []
  }
}
