import FileAccess
import Foundation
import Serialization

/// Appends to `log.jsonl`: one JSON object per line, each with its `step`, written to the file at once.
///
/// Steps and epochs count what is done: a line with step n was written when n steps were done, one with epoch n when n epochs of
/// its stage were.
public final class LogWriter {
  /// The path of the log.
  public let path: String
  private let descriptor: Int32

  /// Opens the log of a new run.
  ///
  /// - Throws: `SerializationError.cannotWrite`.
  public convenience init(_ path: String) throws {
    try self.init(path, flags: O_CREAT)
  }

  /// Opens the log of a run that is resumed from a checkpoint, and removes what was written after the checkpoint.
  ///
  /// - Parameters:
  ///   - path: the log.
  ///   - step: the steps done at the checkpoint; lines with a greater step are removed, also a last line that was cut off.
  ///   - isLater: whether a line, given by its members, was written after the checkpoint although its step is not greater.
  /// - Throws: `SerializationError`, also for a damaged line that is not the last.
  public convenience init(
    _ path: String, resumingAtStep step: Int, removing isLater: (JSONObject) -> Bool = { _ in false }
  ) throws {
    if FileManager.default.fileExists(atPath: path) {
      let remaining = try LogFile.lines(path).filter { $0.step <= step && !isLater($0.members) }.map { $0.text + "\n" }
      try AtomicFile.write(remaining.joined(), to: path)
    }
    try self.init(path, flags: O_CREAT)
  }

  private init(_ path: String, flags: Int32) throws {
    self.path = path
    // Without O_NONBLOCK, opening a pipe waits for a reader.
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK | flags, 0o644)
    self.descriptor = descriptor
    guard descriptor >= 0 else {
      throw SerializationError.cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }
    if let kind = FileKind(of: path), kind != .regular {
      throw SerializationError.cannotWrite(path: path, reason: "it is \(kind), not a regular file")
    }
  }

  deinit { close(descriptor) }

  /// Appends a line; `step` and `event` come first, then the members.
  ///
  /// - Throws: `SerializationError.cannotWrite`.
  public func append(_ event: LogEvent, step: Int, epoch: Int? = nil, _ members: JSONObject = [:]) throws {
    var line: JSONObject = ["step": .integer(step), "event": .string(event.rawValue)]
    if let epoch { line["epoch"] = .integer(epoch) }
    for (key, value) in members.members { line[key] = value }
    // One call, so that lines of a killed process are whole or missing at the end, never mixed.
    let bytes = Array((JSONValue.object(line).compactText + "\n").utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        write(descriptor, $0.baseAddress?.advanced(by: written), bytes.count - written)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw SerializationError.cannotWrite(path: path, reason: String(cString: strerror(errno)))
      }
      written += count
    }
  }
}
