/// The names of records that have no file of their own.
enum RecordNames: Sendable {
  /// Runs of records: the name of the file and the index of its first record, in ascending order.
  case numbered([(file: String, start: Int)])
  /// A name for each.
  case listed([String])

  subscript(index: Int) -> String {
    switch self {
    case .listed(let names): names[index]
    case .numbered(let runs):
      runs.last { $0.start <= index }.map { "\($0.file) record \(index - $0.start)" } ?? "record \(index)"
    }
  }
}
