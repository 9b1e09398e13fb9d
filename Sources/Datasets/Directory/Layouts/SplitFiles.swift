/// The files of the splits of a data set, found by their names.
package struct SplitFiles: Sendable, Hashable {
  var train: String
  var validation: String?
  var test: String?

  /// All of them.
  var all: [String] { [train] + [validation, test].compactMap(\.self) }

  /// The split that a file name denotes: `train2018.json`, `instances_val2017.json`, `Places_LT_test.txt`.
  static func split(of name: String) -> DataSplit? { words(of: name).lazy.compactMap { DataSplit(named: $0) }.last }

  /// The split that the end of a file name denotes: `Places_LT_train.txt`, not `training_notes.txt`.
  static func splitAtEnd(of name: String) -> DataSplit? {
    let words = words(of: name)
    return words.indices.reversed().lazy.map { words[$0...].joined(separator: " ") }.compactMap { DataSplit(named: $0) }
      .first
  }

  private static func words(of name: String) -> [String] {
    let last = name.utf8.lastIndex(of: UInt8(ascii: "/")).map { name[name.utf8.index(after: $0)...] } ?? name[...]
    let stem = last.utf8.lastIndex(of: UInt8(ascii: ".")).map { last[..<$0] } ?? last
    return stem.lowercased().split { !$0.isLetter }.map(String.init)
  }

  /// Parts the files of a folder by split; one file without a split, or of another one, is the training set.
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

  /// The files beside a training file that are named like it but for the split, in any spelling, with or without `mini`.
  ///
  /// - Parameters:
  ///   - file: the training file.
  ///   - names: the files that lie in its folder.
  static func siblings(of file: String, among names: [String]) -> SplitFiles {
    let slash = file.utf8.lastIndex(of: UInt8(ascii: "/")).map { file.utf8.index(after: $0) } ?? file.startIndex
    let (folder, own) = (String(file[..<slash]), String(file[slash...]))
    var result = SplitFiles(train: file)
    guard split(of: own) == .train else { return result }
    let rest = wordsBesideSplit(of: own)
    let alike = names.filter { name in
      suffix(of: name) == suffix(of: own) && name != own
        && [rest, rest.filter { $0 != "mini" }].contains(wordsBesideSplit(of: name))
    }
    result.validation = alike.first { split(of: $0) == .validation }.map { folder + $0 }
    result.test = alike.first { split(of: $0) == .test }.map { folder + $0 }
    return result
  }

  /// The rest of a name without the split and digits.
  private static func wordsBesideSplit(of name: String) -> [String] {
    words(of: name).filter { DataSplit(named: $0) == nil }
  }

  /// The part after the last dot, in small letters.
  static func suffix(of name: String) -> String {
    name.utf8.lastIndex(of: UInt8(ascii: ".")).map { name[name.utf8.index(after: $0)...].lowercased() } ?? ""
  }
}
