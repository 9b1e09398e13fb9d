/// Names and values under a title, as the first lines of a report.
enum FactList {
  /// The title, then a line a fact, values aligned.
  static func text(_ title: String, _ facts: [(name: String, value: String)]) -> String {
    let room = facts.map(\.name.count).max() ?? 0
    return Printable.text(title) + "\n"
      + facts.map { "  " + $0.name + String(repeating: " ", count: room - $0.name.count) + "  \($0.value)\n" }.joined()
  }
}
