import Foundation
import Serialization
import Testing

@Suite struct AtomicFileTests {
  private struct Interruption: Error {}

  @Test func replacesTheWholeFile() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write("a longer first text", to: folder.file("a"))
    try AtomicFile.write("second", to: folder.file("a"))
    #expect(try contents(of: folder.file("a")) == Array("second".utf8))
    #expect(folder.names == ["a"])
  }

  @Test func keepsThePreviousFileWhenWritingFails() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write("first", to: folder.file("a"))
    #expect(throws: Interruption.self) {
      try AtomicFile.write(to: folder.file("a")) { sink in
        try sink.write("half of the sec")
        throw Interruption()
      }
    }
    #expect(try contents(of: folder.file("a")) == Array("first".utf8))
    #expect(folder.names == ["a"])
  }

  @Test func namesFileAndReasonWhenTheFolderIsMissing() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("missing/a")
    let error = #expect(throws: SerializationError.self) { try AtomicFile.write("x", to: path) }
    #expect(error == .cannotWrite(path: path, reason: "No such file or directory"))
  }

  @Test func refusesToReplaceAFolder() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.file("a/b"), withIntermediateDirectories: true)
    #expect(throws: SerializationError.self) { try AtomicFile.write("x", to: folder.file("a")) }
    #expect(folder.names == ["a"])
  }

  #if os(Linux)
    /// `/dev/full` answers every write as a full disk does.
    @Test func reportsAFullDisk() throws {
      let error = #expect(throws: SerializationError.self) {
        var sink = try FileSink("/dev/full")
        try sink.write("x")
      }
      #expect(error == .cannotWrite(path: "/dev/full", reason: "No space left on device"))
    }

    @Test func reportsAFolderThatCannotBeWritten() {
      #expect(throws: SerializationError.self) { try AtomicFile.write("x", to: "/proc/longtail-test") }
    }
  #endif

  /// `LONGTAIL_SMALL_DISK` names a folder on a file system of a few hundred KiB.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["LONGTAIL_SMALL_DISK"] != nil))
  func keepsTheCheckpointWhenTheDiskIsFull() throws {
    let folder = try #require(ProcessInfo.processInfo.environment["LONGTAIL_SMALL_DISK"])
    let path = folder + "/last.safetensors"
    let small = TensorLayout(name: "w", elementType: .uint8, shape: [10_000])
    try SafetensorsWriter.write(
      to: path, tensors: [StoredTensor(layout: small, bytes: [UInt8](repeating: 7, count: 10_000))])
    let digest = try FileDigest(of: path)
    let large = TensorLayout(name: "w", elementType: .uint8, shape: [50 << 20])
    let bytes = [UInt8](repeating: 1, count: 1 << 20)
    let error = #expect(throws: SerializationError.self) {
      try SafetensorsWriter.write(to: path, tensors: [large]) { _, output in
        for _ in 0..<50 { try bytes.withUnsafeBytes(output) }
      }
    }
    #expect(error == .cannotWrite(path: path, reason: "No space left on device"))
    #expect(try FileDigest(of: path) == digest)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["last.safetensors"])
  }

  @Test func removesOnlyWhatDeadProcessesLeft() throws {
    let folder = try TemporaryFolder()
    // No process has the greatest id; process 1 always lives.
    for name in ["a.partial-2147483647", "a.partial-1", "a.partial-x", "a"] { _ = try folder.write([1], to: name) }
    #expect(AtomicFile.removeAbandonedPartials(in: folder.path) == ["a.partial-2147483647"])
    #expect(folder.names == ["a", "a.partial-1", "a.partial-x"])
  }
}
