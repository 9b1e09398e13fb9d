/// The part of a data set that an image belongs to.
public enum DataSplit: String, Sendable, Hashable, Codable, CaseIterable {
  /// Training images.
  case train
  /// Validation images.
  case validation
  /// Test images.
  case test

  /// The split that a column, folder or file name denotes, in any case and usual spelling: `Train`, `VAL`, `test_set`, `TrainingImages`,
  /// `val2017`, `validation-data`. Nil for a text with other words, such as `test strip`.
  public init?(named text: String) {
    let words = text.lowercased().split { !$0.isLetter }.map(String.init)
    let said = words.filter { !Self.fillers.contains($0) }
    guard let only = said.first, said.count == 1, let split = Self.split(word: only) else { return nil }
    self = split
  }

  /// The splits that several names denote. A word that all of them share is ignored: `seg_train` and `seg_test` are a training
  /// and a test set, while `seg_train` alone could be anything.
  static func splits(of names: [String]) -> [String: DataSplit] {
    let plain = Dictionary(uniqueKeysWithValues: names.compactMap { name in DataSplit(named: name).map { (name, $0) } })
    guard !plain.values.contains(.train) else { return plain }
    var groups: [[String]: [String: DataSplit]] = [:]
    for name in names {
      let words = name.lowercased().split { !$0.isLetter }.map(String.init)
      let said = words.compactMap { split(word: $0) }
      guard let only = said.first, said.count == 1 else { continue }
      groups[words.filter { split(word: $0) == nil && !fillers.contains($0) }, default: [:]][name] = only
    }
    let complete = groups.values.filter { group in
      group.values.contains(.train) && group.values.contains { $0 != .train }
    }
    return complete.count == 1 ? complete[0] : plain
  }

  /// The words that denote each split.
  private static let words: [String: DataSplit] = [
    "train": .train, "training": .train, "trn": .train, "tr": .train,
    "val": .validation, "valid": .validation, "validation": .validation, "validate": .validation, "dev": .validation,
    "development": .validation,
    "test": .test, "testing": .test, "tst": .test, "eval": .test, "evaluation": .test,
  ]

  /// Words that may stand beside that of the split.
  private static let fillers: Set<String> = [
    "set", "split", "subset", "data", "dataset", "images", "image", "imgs", "img", "images", "photos", "samples",
    "files",
    "file", "folder", "dir", "list", "labels", "label", "annotations", "annotation", "instances", "jpg", "jpeg", "png",
  ]

  /// Also two words written as one: `trainset`, `testimages`.
  private static func split(word: String) -> DataSplit? {
    if let split = words[word] { return split }
    for (name, split) in words where name.utf8.count >= 3 {
      if word.hasPrefix(name), fillers.contains(String(word.dropFirst(name.count))) { return split }
      if word.hasSuffix(name), fillers.contains(String(word.dropLast(name.count))) { return split }
    }
    return nil
  }
}
