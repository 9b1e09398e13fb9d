import Foundation

/// Reads whole files. Memory mapping is avoided on purpose: a mapped file that another program shortens ends the process.
package enum FileBytes {
  /// All bytes of a regular file.
  ///
  /// - Throws: `ImageCodecError` with `.missing`, `.unreadable` (also for folders and devices) or `.tooLarge`.
  package static func read(_ path: String, limit: Int = .max) throws -> [UInt8] {
    try read(path, limit: limit, first: .max)
  }

  /// The first `first` bytes of a regular file, or all if it has fewer.
  package static func read(_ path: String, limit: Int = .max, first: Int) throws -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw failure(path, errno) }
    defer { fclose(file) }
    let size = try regularSize(of: fileno(file), path)
    guard size <= limit else { throw tooLarge(path, size: size, limit: limit) }
    let wanted = min(size, first)
    let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
      count = wanted == 0 ? 0 : fread(buffer.baseAddress, 1, wanted, file)
    }
    guard bytes.count == wanted else {
      let text = "only \(bytes.count) of \(wanted) bytes could be read"
      throw ImageCodecError(name: path, reason: .unreadable(text))
    }
    return bytes
  }

  /// Hands the first `size` bytes of a file to `use` in parts of `partSize` (the last one may be shorter).
  ///
  /// - Throws: `ImageCodecError` as `read`, also when the file has fewer bytes; what `use` throws.
  package static func readParts(
    _ path: String, size: Int, partSize: Int, use: (UnsafeBufferPointer<UInt8>) throws -> Void
  ) throws {
    guard let file = fopen(path, "rb") else { throw failure(path, errno) }
    defer { fclose(file) }
    let part = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(min(size, partSize), 1))
    defer { part.deallocate() }
    var rest = size
    while rest > 0 {
      let wanted = min(rest, part.count)
      guard fread(part.baseAddress, 1, wanted, file) == wanted else {
        throw ImageCodecError(name: path, reason: .unreadable("the file ends \(rest) bytes too early"))
      }
      try use(UnsafeBufferPointer(rebasing: part[..<wanted]))
      rest -= wanted
    }
  }

  /// The size of a regular file in bytes.
  package static func size(_ path: String) throws -> Int {
    var status = stat()
    guard stat(path, &status) == 0 else { throw failure(path, errno) }
    try requireRegular(status, path)
    return Int(status.st_size)
  }

  static func tooLarge(_ path: String, size: Int, limit: Int) -> ImageCodecError {
    ImageCodecError(name: path, reason: .tooLarge("the file has \(size) bytes, but \(limit) is the limit"))
  }

  static func regularSize(of file: Int32, _ path: String) throws -> Int {
    var status = stat()
    guard fstat(file, &status) == 0 else { throw failure(path, errno) }
    try requireRegular(status, path)
    return Int(status.st_size)
  }

  private static func requireRegular(_ status: stat, _ path: String) throws {
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG else {
      let text = kind == S_IFDIR ? "it is a folder" : "it is not a regular file"
      throw ImageCodecError(name: path, reason: .unreadable(text))
    }
  }

  static func failure(_ path: String, _ code: Int32) -> ImageCodecError {
    let isMissing = code == ENOENT || code == ENOTDIR
    return ImageCodecError(name: path, reason: isMissing ? .missing : .unreadable(String(cString: strerror(code))))
  }
}
