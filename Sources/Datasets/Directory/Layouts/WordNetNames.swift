import Serialization

/// The table of names in the `README.txt` of ImageNet-R: `n01443537 goldfish` lines.
enum WordNetNames {
  /// The name of each class; `nil` unless every class is a WordNet number and most have a name.
  static func read(_ file: String, for classes: [String]) -> [String?]? {
    guard classes.allSatisfy(isNumber), DirectoryListing.isFile(file), let lines = try? TextLines.read(file) else {
      return nil
    }
    var names: [String: String] = [:]
    for (_, line) in lines {
      let parts = line.split(separator: " ", maxSplits: 1)
      if parts.count == 2, isNumber(String(parts[0])) {
        names[String(parts[0])] = parts[1].replacing("_", with: " ").trimmingPrefix(while: { $0 == " " }).description
      }
    }
    let found = classes.map { names[$0] }
    return 2 * found.count(where: { $0 != nil }) > classes.count ? found : nil
  }

  /// `n` and eight digits.
  private static func isNumber(_ text: String) -> Bool {
    text.utf8.count == 9 && text.hasPrefix("n") && text.utf8.dropFirst().allSatisfy { $0 &- 0x30 <= 9 }
  }
}
