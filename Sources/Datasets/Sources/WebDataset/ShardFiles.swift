import FileAccess
import Serialization
import Synchronization

/// The files of shards, opened when they are read, and no more than some at a time: a set may have more shards than a process may open files.
final class ShardFiles: Sendable {
  private static let limit = 64
  let paths: [String]
  private let open = Mutex<(files: [Int: InputFile], order: [Int])>(([:], []))

  init(_ paths: [String]) { self.paths = paths }

  /// The bytes at a place of a shard; a file that is put away meanwhile stays open until the read ends.
  func read(_ count: Int, at offset: Int, of shard: Int) throws -> [UInt8] {
    try file(shard).bytes(at: offset, count: count)
  }

  private func file(_ shard: Int) throws -> InputFile {
    try open.withLock { open in
      if let file = open.files[shard] { return file }
      let file = try InputFile(paths[shard])
      if open.order.count >= Self.limit { open.files[open.order.removeFirst()] = nil }
      open.files[shard] = file
      open.order.append(shard)
      return file
    }
  }
}
