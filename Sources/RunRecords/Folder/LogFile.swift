import FileAccess
import Serialization

/// Reads `log.jsonl`.
public enum LogFile {
  struct Line {
    var text: String
    var step: Int
    var members: JSONObject
  }

  /// The lines in order. A last line that was cut off is left out.
  ///
  /// - Throws: `SerializationError.cannotRead`, or `.malformed` for a damaged line that is not the last.
  public static func entries(_ path: String) throws -> [JSONObject] { try lines(path).map(\.members) }

  /// The complete lines at the end of the log, without damaged ones, from which the state of a run is read.
  ///
  /// They are those of the last 64 KiB, or of as much more as it takes to include one with an epoch: with thousands of classes
  /// a single line can be longer than that.
  static func lastEntries(_ path: String) throws -> [JSONObject] {
    do {
      let file = try InputFile(path)
      var size = 1 << 16
      while true {
        let entries = try entries(inLast: size, of: file)
        if size >= file.size || entries.contains(where: { $0["epoch"] != nil }) { return entries }
        size *= 4
      }
    } catch let error as InputFileError {
      throw SerializationError(error)
    }
  }

  private static func entries(inLast size: Int, of file: InputFile) throws -> [JSONObject] {
    let start = max(0, file.size - size)
    var tail = [UInt8](repeating: 0, count: file.size - start)
    let count = try tail.withUnsafeMutableBytes { try file.read(at: start, into: $0) }
    return tail.prefix(count).withUnsafeBytes { tail in
      var parts = tail.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
      if start > 0 { parts = parts.dropFirst() }  // the first is cut off
      return parts.compactMap { line(UnsafeRawBufferPointer(rebasing: $0))?.members }
    }
  }

  static func lines(_ path: String) throws -> [Line] {
    let file = try FileContents(path)
    return try withExtendedLifetime(file) {
      let parts = file.bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
      var lines: [Line] = []
      for (index, part) in parts.enumerated() where !part.isEmpty {
        let isLast = index == parts.count - 1  // without a line end
        guard let line = line(UnsafeRawBufferPointer(rebasing: part)) else {
          // After a power failure the last line with its end may be damaged as well.
          if isLast || parts[(index + 1)...].allSatisfy(\.isEmpty) { break }
          throw SerializationError.malformed(
            path: path, place: "line \(index + 1)", reason: "not a JSON object with an integer 'step'")
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
