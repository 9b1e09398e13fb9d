import Foundation

/// Replaces a file in one step: readers see the old contents or the new, never a part.
///
/// The new contents go to `<path>.partial-<process id>`; then the file is synchronised, renamed, and its folder synchronised.
/// When anything fails the previous file is unchanged and the partial one is removed.
public enum AtomicFile {
  /// Replaces `path` by what `body` writes.
  ///
  /// - Throws: `SerializationError.cannotWrite`, or what `body` throws.
  public static func write(to path: String, _ body: (inout FileSink) throws -> Void) throws {
    let partial = partialPath(for: path)
    var done = false
    defer { if !done { unlink(partial) } }
    do {
      // The scope closes the file before it is renamed.
      var sink = try FileSink(partial, named: path)
      try body(&sink)
      try sink.synchronize()
    }
    guard rename(partial, path) == 0 else {
      throw SerializationError.cannotWrite(path: path, reason: systemMessage())
    }
    done = true
    try synchronizeFolder(of: path)
  }

  /// Replaces `path` by the text, as UTF-8.
  ///
  /// - Throws: `SerializationError.cannotWrite`.
  public static func write(_ text: String, to path: String) throws {
    try write(to: path) { try $0.write(text) }
  }

  /// The temporary file with the new contents of `path` while this process writes them.
  public static func partialPath(for path: String) -> String { "\(path).partial-\(getpid())" }

  /// Removes the partial files of processes that have ended.
  ///
  /// Call it only while no other machine writes into the folder: process ids of other machines mean nothing here.
  ///
  /// - Returns: the names of the removed files.
  @discardableResult
  public static func removeAbandonedPartials(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().filter { name in
      guard let mark = name.range(of: ".partial-", options: .backwards),
        let process = Int32(name[mark.upperBound...]), process > 0, process != getpid(),
        kill(process, 0) != 0, errno == ESRCH
      else { return false }
      return unlink(folder + "/" + name) == 0
    }
  }

  private static func synchronizeFolder(of path: String) throws {
    let parent = (path as NSString).deletingLastPathComponent
    let descriptor = open(parent.isEmpty ? "." : parent, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }  // a folder that may be written but not listed
    defer { close(descriptor) }
    // Some file systems cannot synchronise a folder; the rename itself is done by then.
    guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else {
      throw SerializationError.cannotWrite(path: path, reason: "its folder: " + systemMessage())
    }
  }
}
