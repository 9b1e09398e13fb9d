import Checkpoints

/// Reads `log.jsonl`.
public enum LogFile {
  struct Line {
    var text: String
    var step: Int
    var members: JSONObject
  }

  /// The lines in order. A last line that was cut off is left out.
  ///
  /// - Throws: `CheckpointError.cannotRead`, or `RunError.malformedLine` for a damaged line that is not the last.
  public static func entries(_ path: String) throws -> [JSONObject] { try lines(path).map(\.members) }

  /// The whole lines in the last 64 KiB, without those that are damaged: the state of a run at a glance.
  static func lastEntries(_ path: String) throws -> [JSONObject] {
    let file = try MappedFile(path)
    return withExtendedLifetime(file) {
      let tail = file.bytes.suffix(1 << 16)
      var parts = tail.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
      if tail.count < file.count { parts = parts.dropFirst() }  // the first is cut off
      return parts.compactMap { line(UnsafeRawBufferPointer(rebasing: $0))?.members }
    }
  }

  static func lines(_ path: String) throws -> [Line] {
    let file = try MappedFile(path)
    return try withExtendedLifetime(file) {
      let parts = file.bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
      var lines: [Line] = []
      for (index, part) in parts.enumerated() where !part.isEmpty {
        let isLast = index == parts.count - 1  // without a line end
        guard let line = line(UnsafeRawBufferPointer(rebasing: part)) else {
          // After a power failure the last line with its end may be damaged as well.
          if isLast || parts[(index + 1)...].allSatisfy(\.isEmpty) { break }
          throw RunError.malformedLine(path: path, line: index + 1, reason: "not a JSON object with an integer 'step'")
        }
        if isLast { break }
        lines.append(line)
      }
      return lines
    }
  }

  private static func line(_ bytes: UnsafeRawBufferPointer) -> Line? {
    guard let members = (try? JSONValue(parsing: bytes))?.objectValue, let step = members["step"]?.integerValue else {
      return nil
    }
    return Line(text: String(decoding: bytes, as: UTF8.self), step: step, members: members)
  }
}
