import Crypto
import FileAccess
import Foundation
import ImageCodecs
import Synchronization

/// Digests of files, cached by the identity of the file, so that unchanged files are not read again.
///
/// There is one cache file for a folder, `file-digests/<name>` in the cache folder; all numbers are
/// little-endian: 8 bytes `LTDIGEST`, format (8), count (8), for each file device, inode, size, modification time, change time (8 each) and
/// SHA-256 (32), then the SHA-256 of all that (32). A damaged cache file is ignored and rewritten.
///
/// The change time, which programs cannot set, belongs to the identity: a file that was replaced or written to is read again, also when
/// size and modification time were restored. A file that was changed in the last two seconds is not cached, because a second change
/// could have the same time.
struct FileDigestCache {
  /// The cache folder; nil for no caching.
  let folder: String?

  /// Reading smaller sets again is fast enough.
  static let leastBytes = 16 << 20
  private static let mark = Array("LTDIGEST".utf8)
  private static let format: UInt64 = 1
  private static let headerBytes = 24
  private static let recordBytes = 40 + FileContentDigest.byteCount

  /// The identity of a file.
  private struct Key: Hashable {
    let device: UInt64
    let inode: UInt64

    init(_ identity: FileIdentity) { (device, inode) = (identity.device, identity.inode) }
  }

  private struct Record {
    let identity: FileIdentity
    let digest: FileContentDigest
  }

  /// The digest of each file; nil for files that cannot be read.
  ///
  /// - Parameters:
  ///   - paths: the files.
  ///   - workers: threads that read.
  ///   - progress: called repeatedly while files are read.
  func digests(of paths: [String], workers: Int, progress: DataProgress?) -> [FileContentDigest?] {
    let identities = Self.identities(of: paths, workers: workers)
    let isLarge = identities.reduce(0) { $0 &+ ($1?.size ?? 0) } >= Self.leastBytes
    let file = isLarge ? cacheFile(of: paths) : nil
    let records = file.map(Self.read) ?? []
    var digests = [FileContentDigest?](repeating: nil, count: paths.count)
    var unknown: [Int] = []
    // The files of an unchanged set come in the order in which they were written, so that none has to be looked up.
    for (index, identity) in identities.enumerated() {
      guard let identity else { continue }
      if index < records.count, records[index].identity == identity {
        digests[index] = records[index].digest
      } else {
        unknown.append(index)
      }
    }
    guard !unknown.isEmpty else { return digests }
    var known = Dictionary(records.map { (Key($0.identity), $0) }) { $1 }
    unknown.removeAll { index in
      guard let identity = identities[index], let record = known[Key(identity)], record.identity == identity else {
        return false
      }
      digests[index] = record.digest
      return true
    }
    guard !unknown.isEmpty else { return digests }
    let read = Self.readFiles(unknown.map { paths[$0] }, workers: workers, progress: progress)
    for (index, record) in zip(unknown, read) { digests[index] = record?.digest }
    if let file {
      if known.count > 4 * paths.count { known = [:] }  // mostly files that are no longer there
      let latest = Int64((Date().timeIntervalSince1970 - 2) * 1e9)
      for record in read {
        if let record, record.identity.changeTime < latest { known[Key(record.identity)] = record }
      }
      let ordered = identities.compactMap { identity in identity.flatMap { known.removeValue(forKey: Key($0)) } }
      Self.write(ordered + known.values, to: file)
    }
    return digests
  }

  private static func readFiles(_ paths: [String], workers: Int, progress: DataProgress?) -> [Record?] {
    let records = Mutex([Record?](repeating: nil, count: paths.count))
    WorkerPool.forEach(paths.count, workers: workers, progress: progress, tool: { ByteBuffer() }) { buffer, index in
      if buffer.count == 0 { buffer.resize(to: 1 << 20) }
      guard let file = try? InputFile(paths[index]),
        let digest = try? FileContentDigest(of: file, using: UnsafeMutableRawBufferPointer(buffer.bytes))
      else { return }
      records.withLock { $0[index] = Record(identity: file.identity, digest: digest) }
    }
    return records.withLock { $0 }
  }

  private static func identities(of paths: [String], workers: Int) -> [FileIdentity?] {
    let identities = Mutex([FileIdentity?](repeating: nil, count: paths.count))
    WorkerPool.forEach(paths.count, workers: workers) { index in
      let identity = try? FileIdentity(of: paths[index])
      identities.withLock { $0[index] = identity }
    }
    return identities.withLock { $0 }
  }

  /// The cache file of the innermost folder that holds the first, the middle and the last file, which is that of the set or a part of it.
  private func cacheFile(of paths: [String]) -> String? {
    guard let folder, let first = paths.first, let last = paths.last else { return nil }
    var common = Array(first.utf8)[...]
    for path in [paths[paths.count / 2], last] {
      let length = zip(common, path.utf8).prefix { $0 == $1 }.count
      common = common.prefix(length)
    }
    let parent = common.lastIndex(of: UInt8(ascii: "/")).map { common[..<$0] } ?? []
    return "\(folder)/file-digests/\(SHA256.hash(data: Array(parent)).hexadecimal.prefix(32))"
  }

  private static func read(_ path: String) -> [Record] {
    guard let bytes = try? InputFile.bytes(of: path, limit: 1 << 32) else { return [] }
    return bytes.withUnsafeBytes { bytes in
      func number(_ offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      }
      guard bytes.count >= headerBytes + 32, bytes.starts(with: mark), number(8) == format,
        number(16) <= UInt64((bytes.count - headerBytes - 32) / recordBytes)
      else { return [] }
      let count = Int(number(16))
      let end = headerBytes + count * recordBytes
      var hash = SHA256()
      hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[..<end]))
      guard bytes[end...].elementsEqual(hash.finalize()) else { return [] }
      return stride(from: headerBytes, to: end, by: recordBytes).map { start in
        let identity = FileIdentity(
          device: number(start), inode: number(start + 8), size: Int(truncatingIfNeeded: number(start + 16)),
          modificationTime: Int64(bitPattern: number(start + 24)), changeTime: Int64(bitPattern: number(start + 32)))
        return Record(identity: identity, digest: FileContentDigest(from: bytes, at: start + 40))
      }
    }
  }

  /// Replaces the cache file. A failure is ignored: it only costs time at the next start.
  private static func write(_ records: [Record], to path: String) {
    var bytes = mark
    bytes.reserveCapacity(headerBytes + records.count * recordBytes + 32)
    func add(_ number: UInt64) { withUnsafeBytes(of: number.littleEndian) { bytes += $0 } }
    add(format)
    add(UInt64(records.count))
    for record in records {
      add(record.identity.device)
      add(record.identity.inode)
      add(UInt64(bitPattern: Int64(record.identity.size)))
      add(UInt64(bitPattern: record.identity.modificationTime))
      add(UInt64(bitPattern: record.identity.changeTime))
      record.digest.withUnsafeBytes { bytes += $0 }
    }
    bytes += Array(SHA256.hash(data: bytes))
    let folder = (path as NSString).deletingLastPathComponent
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try? Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
  }
}
