import Foundation
import Testing

/// Texts that are kept beside the tests and compared line by line.
///
/// `RECORD_SNAPSHOTS=1` writes them anew. One that is missing is written, and the test fails once.
enum Snapshot {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Snapshots")

  /// Compares a text with the snapshot of a name.
  ///
  /// - Parameters:
  ///   - text: what came.
  ///   - name: the file's name without suffix.
  ///   - replacing: texts that differ from run to run, such as folders, with what stands for them.
  static func expect(
    _ text: String, _ name: String, replacing: [String: String] = [:],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    // Longer texts first: a folder may be the start of another.
    let steady = replacing.sorted { $0.key.count > $1.key.count }.reduce(text) {
      $0.replacingOccurrences(of: $1.key, with: $1.value)
    }
    let file = folder.appending(path: name + ".txt")
    guard ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] != "1" else {
      try steady.write(to: file, atomically: true, encoding: .utf8)
      return
    }
    guard FileManager.default.fileExists(atPath: file.path) else {
      try steady.write(to: file, atomically: true, encoding: .utf8)
      Issue.record("there was no snapshot '\(name)'; it has been written, read it", sourceLocation: sourceLocation)
      return
    }
    let kept = try String(contentsOf: file, encoding: .utf8)
    guard kept != steady else { return }
    Issue.record(
      "snapshot '\(name)' differs (RECORD_SNAPSHOTS=1 rewrites it)\n\(difference(kept, steady))",
      sourceLocation: sourceLocation)
  }

  /// The first lines that differ, and all that came.
  private static func difference(_ kept: String, _ came: String) -> String {
    let (kept, lines) = (kept.components(separatedBy: "\n"), came.components(separatedBy: "\n"))
    let first =
      zip(kept, lines).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(kept.count, lines.count)
    func line(_ lines: [String]) -> String { first < lines.count ? lines[first] : "(end)" }
    return "line \(first + 1)\n  kept: \(line(kept))\n  came: \(line(lines))\nall that came:\n\(came)"
  }
}
