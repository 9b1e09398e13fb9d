/// Finds the files of paths that a list, table or JSON file spells differently than the disk.
struct ImagePathResolver {
  /// The result for a path.
  enum Match: Hashable {
    /// The file is there as the path says.
    case asStated
    /// The file has another path, which differs in this way.
    case other(String, Difference)
    /// There is no file; a similar name that exists.
    case missing(near: String?)
  }

  /// How a stated path differs from that of its file.
  enum Difference: Hashable {
    /// The path leaves out the suffix.
    case suffix
    /// The letters are stored in another Unicode form.
    case unicodeForm
    /// The parts of the path are joined by backslashes.
    case backslashes
    /// The file lies in a folder that the path does not name.
    case folder
  }

  /// The folder that paths are relative to.
  let root: String
  /// The folders below it in which a path is looked for; the empty text stands for the root.
  let prefixes: [String]
  /// The suffix that the paths leave out, with its dot; nil to detect it.
  let suffix: String?
  private var known: [String: FolderNames] = [:]
  /// Looking for similar names takes a pass over a folder; it is done for the first few paths only.
  private var remainingHints = 8

  init(root: String, prefixes: [String] = [""], suffix: String? = nil) {
    self.root = root
    self.prefixes = prefixes
    self.suffix = suffix.map { $0.hasPrefix(".") ? $0 : "." + $0 }
  }

  /// Looks for the file of a path.
  ///
  /// - Throws: `DataSourceError.malformed` for a path without suffix that fits several images.
  mutating func match(_ path: String) throws -> Match {
    let parts = path.utf8.contains(UInt8(ascii: "/")) ? path.split(separator: "/") : path.split(separator: "\\")
    for prefix in prefixes {
      guard let found = try file(prefix, parts.map(String.init)) else { continue }
      if found.utf8.elementsEqual(path.utf8) { return .asStated }
      return .other(found, difference(of: path, from: found, prefix))
    }
    guard remainingHints > 0, let name = parts.last else { return .missing(near: nil) }
    remainingHints -= 1
    return .missing(near: near(parts.dropLast().map(String.init), String(name)))
  }

  private func difference(of path: String, from found: String, _ prefix: String) -> Difference {
    if !prefix.isEmpty { return .folder }
    if found == path { return .unicodeForm }
    return found == path.replacing("\\", with: "/") ? .backslashes : .suffix
  }

  /// The path of the file relative to the root, as the disk has it.
  private mutating func file(_ prefix: String, _ parts: [String]) throws -> String? {
    guard let name = parts.last, let folder = folder(prefix, parts.dropLast()) else { return nil }
    let names = names(of: folder)
    let before = folder.isEmpty ? "" : folder + "/"
    if let suffix { return names.file(name + suffix).map { before + $0 } }
    if let exact = names.file(name) { return before + exact }
    let images = names.images(withoutSuffix: name)
    guard images.count <= 1 else {
      throw DataSourceError.malformed(
        file: root, place: "'\(parts.joined(separator: "/"))'",
        problem: "this path has no suffix and fits \(images.joined(separator: " and ")); say which with --image-suffix")
    }
    return images.first.map { before + $0 }
  }

  private mutating func folder(_ prefix: String, _ parts: some Sequence<String>) -> String? {
    var current = prefix
    for part in parts where part != "." {
      guard let name = names(of: current).folder(part) else { return nil }
      current = current.isEmpty ? name : current + "/" + name
    }
    return current
  }

  /// A similar name on the disk for the first part of the path that does not exist.
  private mutating func near(_ folders: [String], _ name: String) -> String? {
    for prefix in prefixes {
      var current = prefix
      for part in folders + [name] where part != "." {
        let names = names(of: current)
        let before = current.isEmpty ? "" : current + "/"
        guard let folder = names.folder(part) else {
          if let found = names.nameLike(part) { return before + found }
          break
        }
        current = before + folder
      }
    }
    return nil
  }

  private mutating func names(of folder: String) -> FolderNames {
    if let names = known[folder] { return names }
    let names = FolderNames(of: folder.isEmpty ? root : root + "/" + folder)
    known[folder] = names
    return names
  }
}
