import FileAccess
import Foundation
import Serialization

/// The lock of a run's folder, which one process holds while it writes the run.
///
/// The lock is the kernel's (`flock` on the file `run.lock`), so it ends with its process, however that ends; a file that is
/// left behind is taken over. The file names the process for messages and is removed when the lock is released, which happens
/// with the last reference to this object: keep it in a property, or use `withExtendedLifetime`.
public final class RunLock {
  private let path: String
  private let descriptor: Int32

  /// Takes the lock; nothing else in the folder is changed.
  ///
  /// - Throws: `RunError.locked` if another process (or another lock in this one) holds it; `SerializationError.cannotWrite`.
  public init(_ folder: RunFolder) throws {
    path = Self.path(in: folder)
    descriptor = try Self.acquire(path, folder: folder)
    let text = "\(getpid())\n"
    _ = ftruncate(descriptor, 0)
    _ = text.withCString { write(descriptor, $0, strlen($0)) }  // only for messages
  }

  deinit {
    // Removed while still locked: whoever waits for this file sees that it is gone and opens a new one.
    unlink(path)
    close(descriptor)
  }

  /// Whether a process is writing the run.
  public static func isHeld(_ folder: RunFolder) -> Bool {
    let descriptor = open(path(in: folder), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    // A shared lock, for an instant: readers do not hinder each other, and writers try again.
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  /// The name of the lock's file.
  static let fileName = "run.lock"

  private static func path(in folder: RunFolder) -> String { "\(folder.path)/\(fileName)" }

  /// The process that holds the lock, in words.
  static func holder(of folder: RunFolder) -> String { holder(of: path(in: folder)) }

  private static func acquire(_ path: String, folder: RunFolder) throws -> Int32 {
    for attempt in 1...20 {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o644)
      guard descriptor >= 0 else {
        throw SerializationError.cannotWrite(path: path, reason: String(cString: strerror(errno)))
      }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0, isStill(descriptor, at: path) { return descriptor }
      close(descriptor)
      if attempt < 20 { usleep(10_000) }
    }
    throw RunError.locked(path: folder.path, process: holder(of: path))
  }

  /// Whether the path still leads to the open file; its last owner may have removed it in between.
  private static func isStill(_ descriptor: Int32, at path: String) -> Bool {
    var opened = stat()
    var present = stat()
    return fstat(descriptor, &opened) == 0 && stat(path, &present) == 0 && opened.st_ino == present.st_ino
      && opened.st_dev == present.st_dev
  }

  private static func holder(of path: String) -> String {
    let text = String(decoding: (try? InputFile(path).bytes(first: 32)) ?? [], as: UTF8.self)
    return Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)).map { "process \($0)" } ?? "another process"
  }
}
