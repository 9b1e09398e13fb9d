import Serialization

/// What a file of comma-separated values has to do with images, by its head and its first row.
enum TableProbe {
  /// What it may be.
  enum Finding {
    /// A table of images with classes.
    case usable
    /// A table that names images without classes, as the test tables of contests do.
    case unlabelled(any Error)
    /// A table that seems to be about images, but cannot be used.
    case unusable(any Error)
    /// A table about something else.
    case unrelated
  }

  /// Looks at a file.
  static func finding(_ file: String, _ columns: ImageTableColumns) -> Finding {
    do {
      var reader = try TableReader.open(file)
      let head = reader.head
      let isAboutImages = Self.isAboutImages(head, columns)
      var row: [String] = []
      do {
        while row.isEmpty, try reader.rows.next() { if !reader.rows.isBlank { row = reader.rows.fields } }
        _ = try TableHeader(head, firstRow: row, columns, file: file)
        return .usable
      } catch let error as DataSourceError {
        if case .unlabelledTable = error { return .unlabelled(error) }
        return isAboutImages || row.contains(where: ImageFolder.hasImageSuffix) ? .unusable(error) : .unrelated
      }
    } catch {
      return .unusable(error)
    }
  }

  /// Whether the head has a column that usually holds paths or classes, or an image in place of a name.
  private static func isAboutImages(_ head: [String], _ columns: ImageTableColumns) -> Bool {
    let index = ColumnIndex(head)
    let names =
      ImageTableColumns.pathNames + ImageTableColumns.labelNames + [columns.path, columns.label].compactMap(\.self)
    return names.contains { index[$0] != nil } || head.contains(where: ImageFolder.hasImageSuffix)
  }
}
