/// The files of the splits of a data set, found by their names.
struct SplitFiles: Sendable, Hashable {
  var train: String
  var validation: String?
  var test: String?

  /// The split that a file name tells: `train2018.json`, `instances_val2017.json`, `Places_LT_test.txt`.
  static func split(of name: String) -> DataSplit? {
    let stem = name.utf8.lastIndex(of: UInt8(ascii: ".")).map { name[..<$0] } ?? name[...]
    let words = stem.lowercased().split { !$0.isLetter }
    return words.lazy.compactMap { DataSplit(named: String($0)) }.last
  }

  /// Parts the files of a folder by split; one file without a split, or of another one, is what there is to learn from.
  ///
  /// - Throws: `DataSourceError.ambiguousLayout` when several are for training.
  static func among(_ files: [String], of path: String) throws -> SplitFiles? {
    var bySplit = Dictionary(grouping: files) { split(of: $0) }
    if bySplit[.train] == nil {
      guard files.count == 1 || bySplit[nil]?.count == 1 else {
        guard files.count > 1 else { return nil }
        throw DataSourceError.ambiguousLayout(path: path, candidates: files)
      }
      let only = bySplit[nil] ?? files
      bySplit = bySplit.filter { $0.value != only }
      bySplit[.train] = only
    }
    guard let train = bySplit[.train], let first = train.first else { return nil }
    guard train.count == 1 else { throw DataSourceError.ambiguousLayout(path: path, candidates: train) }
    return SplitFiles(train: first, validation: bySplit[.validation]?.first, test: bySplit[.test]?.first)
  }

  /// The files beside a training file: `train` in its name replaced, without `_mini`.
  static func siblings(of file: String, exists: (String) -> Bool) -> SplitFiles {
    var result = SplitFiles(train: file)
    guard let range = file.ranges(of: "train").last else { return result }
    func sibling(_ names: [String]) -> String? {
      names.flatMap { name -> [String] in
        let replaced = file.replacingCharacters(in: range, with: name)
        return [replaced, replaced.replacing("_mini", with: "")]
      }.first(where: exists)
    }
    result.validation = sibling(["val", "validation", "valid"])
    result.test = sibling(["test"])
    return result
  }
}

extension String {
  fileprivate func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
    String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
  }
}
