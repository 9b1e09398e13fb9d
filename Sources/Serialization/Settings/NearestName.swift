/// Finds the name that a misspelt one was meant to be.
public enum NearestName {
  /// The nearest of the known names, or nil if none is near.
  ///
  /// Near means: at most a third of the letters (two at least, for names of three letters and more) differ by insertion,
  /// deletion, replacement or exchange of neighbours, upper and lower case and `_`, `-` aside; or the name is made of the
  /// first letters of the words of a known one (`lr` for `learningRate`).
  public static func find(_ name: String, in known: [String]) -> String? {
    let wanted = simplified(name)
    guard !wanted.isEmpty else { return nil }
    if let abbreviated = known.first(where: { initials($0) == wanted && wanted.count > 1 }) { return abbreviated }
    let limit = wanted.count < 3 ? 1 : max(2, wanted.count / 3)
    let candidates = known.map { (name: $0, distance: distance(wanted, simplified($0))) }
    guard let best = candidates.min(by: { $0.distance < $1.distance }), best.distance <= limit else { return nil }
    // Two letters of a short name may differ, but not all of them.
    return best.distance < wanted.count ? best.name : nil
  }

  private static func simplified(_ name: String) -> [Character] {
    name.lowercased().filter { $0 != "_" && $0 != "-" }
  }

  private static func initials(_ name: String) -> [Character] {
    var initials: [Character] = []
    var startsWord = true
    for character in name {
      if startsWord || character.isUppercase { initials += character.lowercased() }
      startsWord = character == "_" || character == "-"
    }
    return initials
  }

  /// The number of insertions, deletions, replacements and exchanges of neighbours between two texts.
  static func distance(_ first: [Character], _ second: [Character]) -> Int {
    guard !first.isEmpty, !second.isEmpty else { return max(first.count, second.count) }
    var beforeLast: [Int] = []
    var last = Array(0...second.count)
    for row in 1...first.count {
      var current = [row] + Array(repeating: 0, count: second.count)
      for column in 1...second.count {
        let replaced = last[column - 1] + (first[row - 1] == second[column - 1] ? 0 : 1)
        current[column] = min(replaced, last[column] + 1, current[column - 1] + 1)
        if row > 1, column > 1, first[row - 1] == second[column - 2], first[row - 2] == second[column - 1] {
          current[column] = min(current[column], beforeLast[column - 2] + 1)
        }
      }
      (beforeLast, last) = (last, current)
    }
    return last[second.count]
  }
}
