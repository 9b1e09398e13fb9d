import FileAccess
import Foundation
import ImageCodecs

/// The images below a folder. Training, prediction, evaluation and data checks all find images through it.
///
/// Links are followed; each folder is read once, so that links in a circle end and the work is bounded. A file is an image by its suffix,
/// or, where the suffix says nothing, by its first bytes. Names are kept as bytes, without a `String` for each: a set may have millions.
struct FolderScan {
  /// The paths of the images relative to the folder, after a prefix; in no order.
  private(set) var names = TextArena()
  /// Files that are no images, by reason.
  private(set) var leftOut = LeftOutFiles()
  private var visited: Set<FolderIdentity>
  private var links: [PendingFolder] = []
  private static let deepest = 128

  /// A folder that has not been read yet.
  private struct PendingFolder {
    let path: String
    let prefix: [UInt8]
    let depth: Int
  }

  /// Finds the images of a folder and what lies below.
  ///
  /// - Parameters:
  ///   - folder: the folder.
  ///   - prefix: put before each path.
  ///   - above: a folder above this one, to which no link may lead back.
  /// - Throws: `DataSourceError.tooDeep`; `.unreadable`.
  init(_ folder: String, prefix: String = "", above: String? = nil) throws {
    visited = Set(above.flatMap { FolderIdentity(of: $0) }.map { [$0] } ?? [])
    try read(PendingFolder(path: folder, prefix: prefix.systemBytes, depth: 0))
    // Folders come before links to them, wherever they lie, so that an image has the path that it is stored under.
    var next = 0
    while next < links.count {
      let link = links[next]
      next += 1
      guard let identity = FolderIdentity(of: link.path), !visited.contains(identity) else {
        leftOut.add(.repeatedFolder, Self.name(of: link))
        continue
      }
      try read(link)
    }
  }

  private static func name(of folder: PendingFolder) -> String { String(systemBytes: folder.prefix.dropLast()) }

  private mutating func read(_ folder: PendingFolder) throws {
    guard folder.depth <= Self.deepest else { throw DataSourceError.tooDeep(path: folder.path, limit: Self.deepest) }
    if let identity = FolderIdentity(of: folder.path) { visited.insert(identity) }
    var (folders, linked): ([String], [String]) = ([], [])
    var path = folder.prefix
    try FolderReader.forEach(in: folder.path) { name, kind in
      switch kind {
      case .file:
        path.append(contentsOf: name)
        defer { path.removeSubrange(folder.prefix.count...) }
        if let reason = Self.reasonToLeaveOut(name, in: folder.path) {
          leftOut.add(reason, String(systemBytes: path))
        } else {
          try path.withUnsafeBufferPointer { try names.append($0) }
        }
      case .folder: folders.append(String(systemBytes: name))
      case .linkedFolder: linked.append(String(systemBytes: name))
      case .leftOut(let reason): leftOut.add(reason, String(systemBytes: path + Array(name)))
      }
    }
    func below(_ name: String) -> PendingFolder {
      PendingFolder(
        path: folder.path + "/" + name, prefix: folder.prefix + name.systemBytes + [UInt8(ascii: "/")],
        depth: folder.depth + 1)
    }
    links += linked.sorted(by: ClassOrder.precedes).map(below)
    for name in folders.sorted(by: ClassOrder.precedes) { try read(below(name)) }
  }

  private static func reasonToLeaveOut(
    _ name: UnsafeBufferPointer<UInt8>, in folder: String
  ) -> LeftOutFiles.Reason? {
    switch ImageFileName.kind(of: name) {
    case .image: nil
    case .otherImage: .otherFormat
    case .noImage: .noImage
    case .unknown: reasonByContents(folder + "/" + String(systemBytes: name))
    }
  }

  /// A file of unknown suffix that cannot be opened counts as no image.
  private static func reasonByContents(_ path: String) -> LeftOutFiles.Reason? {
    guard let head = try? InputFile(path).bytes(first: ImageFormat.signatureLength),
      let format = ImageFormat(signatureOf: head)
    else { return .noImage }
    return format.isDecodable ? nil : .otherFormat
  }
}
