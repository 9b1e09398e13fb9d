import FileAccess

/// Texts from files and folders, made fit for a terminal.
enum Printable {
  /// The text with control characters as escapes, cut in the middle where it is longer than the limit.
  static func text(_ text: String, limit: Int = .max) -> String {
    let clean = text.escapedForDisplay
    guard clean.count > limit, limit > 3 else { return clean }
    let front = (limit - 3 + 1) / 2
    return clean.prefix(front) + "..." + clean.suffix(limit - 3 - front)
  }
}

extension String {
  /// The text without empty lines at its end.
  var trimmingLineEnds: String { String(reversed().drop(while: \.isNewline).reversed()) }
}
