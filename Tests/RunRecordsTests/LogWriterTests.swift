import Foundation
import RunRecords
import Serialization
import Testing

@Suite struct LogWriterTests {
  @Test func appendsOneLineAtATime() throws {
    let folder = try TemporaryFolder()
    let log = try LogWriter(folder.file("log.jsonl"))
    try log.append(.interval, step: 10, epoch: 0, ["loss": 1.5, "terms": ["a": 1]])
    #expect(
      try text(of: log.path) == #"{"step": 10, "event": "interval", "epoch": 0, "loss": 1.5, "terms": {"a": 1}}"# + "\n"
    )
    try log.append(.failed, step: 11, ["reason": .string("loss is \"NaN\"\nat step 11"), "loss": .number(.nan)])
    let entries = try LogFile.entries(log.path)
    #expect(entries.count == 2)
    #expect(entries[1]["reason"] == "loss is \"NaN\"\nat step 11")
    #expect(entries[1]["loss"]?.doubleValue?.isNaN == true)
  }

  /// Every place at which a killed process may have stopped writing.
  @Test func resumesAfterAnyInterruption() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("log.jsonl")
    let lines = (1...4).map { #"{"step": \#($0), "event": "interval"}"# + "\n" }
    let whole = lines.joined()
    for length in 0...whole.utf8.count {
      let torn = String(decoding: whole.utf8.prefix(length), as: UTF8.self)
      _ = try folder.write(torn, to: "log.jsonl")
      _ = try LogWriter(path, resumingAtStep: 3)
      let expected = lines.prefix(3).filter { torn.contains($0) }.joined()
      #expect(try text(of: path) == expected)
    }
    #expect(folder.names == ["log.jsonl"])
  }

  @Test func appendsAfterResuming() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("{\"step\": 5}\n{\"step\": 10}\n{\"step\": 11, \"lo", to: "log.jsonl")
    try LogWriter(path, resumingAtStep: 9).append(.resumed, step: 9)
    #expect(try text(of: path) == "{\"step\": 5}\n{\"step\": 9, \"event\": \"resumed\"}\n")
  }

  @Test func resumesWithoutALog() throws {
    let folder = try TemporaryFolder()
    try LogWriter(folder.file("log.jsonl"), resumingAtStep: 9).append(.resumed, step: 9)
    #expect(try LogFile.entries(folder.file("log.jsonl")).count == 1)
  }

  @Test func namesADamagedLine() throws {
    let folder = try TemporaryFolder()
    for bad in ["{\"step\": ", "{}", "[1]", "{\"step\": 1.5}"] {
      let path = try folder.write("{\"step\": 1}\n\(bad)\n{\"step\": 3}\n", to: "log.jsonl")
      let error = #expect(throws: SerializationError.self) { try LogWriter(path, resumingAtStep: 3) }
      #expect(
        error == .malformed(path: path, place: "line 2", reason: "not a JSON object with an integer 'step'"))
      #expect(try text(of: path).hasSuffix("{\"step\": 3}\n"))
    }
  }

  /// Lines of the step at which a checkpoint was saved can be older or younger than it.
  @Test func removesWhatCameAfterTheCheckpointAtItsStep() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "{\"step\": 5, \"event\": \"epoch\"}\n{\"step\": 5, \"event\": \"evaluation\"}\n", to: "log.jsonl")
    _ = try LogWriter(path, resumingAtStep: 5) { $0["event"] == "evaluation" }
    #expect(try text(of: path) == "{\"step\": 5, \"event\": \"epoch\"}\n")
  }

  /// A named pipe in place of the log must not make the run wait for a reader.
  @Test func refusesAPipe() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("log.jsonl")
    #expect(mkfifo(path, 0o644) == 0)
    #expect(throws: SerializationError.self) { try LogWriter(path) }
    #expect(throws: SerializationError.self) { try LogFile.entries(path) }
  }
}
