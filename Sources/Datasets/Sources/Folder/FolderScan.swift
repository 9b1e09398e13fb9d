import FileAccess
import Foundation
import ImageCodecs

/// The images below a folder: the one way in which training, prediction, evaluation and the checks find them.
///
/// Links are followed; each folder is read once, so that links in a circle end and the work is bounded. A file is an image by its suffix,
/// or, where the suffix says nothing, by its first bytes. Names are kept as bytes, without a `String` for each: a set may have millions.
struct FolderScan {
  /// The paths of the images relative to the folder, after a prefix; in no order.
  private(set) var names = TextArena()
  /// What is no image, by reason.
  private(set) var leftOut = LeftOutFiles()
  private var visited: Set<FolderIdentity>
  private var links: [Place] = []
  private static let deepest = 128

  /// A folder that is to be read.
  private struct Place {
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
    try read(Place(path: folder, prefix: prefix.systemBytes, depth: 0))
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

  private static func name(of place: Place) -> String { String(systemBytes: place.prefix.dropLast()) }

  private mutating func read(_ place: Place) throws {
    guard place.depth <= Self.deepest else { throw DataSourceError.tooDeep(path: place.path, limit: Self.deepest) }
    if let identity = FolderIdentity(of: place.path) { visited.insert(identity) }
    var (folders, linked): ([String], [String]) = ([], [])
    var path = place.prefix
    try FolderReader.forEach(in: place.path) { name, kind in
      switch kind {
      case .file:
        path.append(contentsOf: name)
        defer { path.removeSubrange(place.prefix.count...) }
        if let reason = Self.reasonToLeaveOut(name, in: place.path) {
          leftOut.add(reason, String(systemBytes: path))
        } else {
          try path.withUnsafeBufferPointer { try names.append($0) }
        }
      case .folder: folders.append(String(systemBytes: name))
      case .linkedFolder: linked.append(String(systemBytes: name))
      case .leftOut(let reason): leftOut.add(reason, String(systemBytes: path + Array(name)))
      }
    }
    func below(_ name: String) -> Place {
      Place(
        path: place.path + "/" + name, prefix: place.prefix + name.systemBytes + [UInt8(ascii: "/")],
        depth: place.depth + 1)
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

  /// A file that cannot be opened is taken for no image here; nothing in its name says that it is one.
  private static func reasonByContents(_ path: String) -> LeftOutFiles.Reason? {
    guard let head = try? InputFile(path).bytes(first: ImageFormat.signatureLength),
      let format = ImageFormat(signatureOf: head)
    else { return .noImage }
    return format.isDecodable ? nil : .otherFormat
  }
}
