/// Finds the folder that the paths of a list, table or JSON file are relative to, and the files of the paths.
struct ImageRootFinder {
  let options: DataDirectoryOptions
  /// The folder of the data set.
  let folder: String

  /// The images under the folder that holds most of the first images: the given one, the one of the data set, or one
  /// below either that or the file. Paths without suffix, in another Unicode form or with backslashes become those of their files.
  ///
  /// - Parameters:
  ///   - images: the images, under any folder.
  ///   - file: the list, table or JSON file that names them.
  ///   - notes: notes for the user are appended.
  /// - Returns: also whether an image was found; without one (if that is allowed) the folder is that of the data set.
  /// - Throws: `DataSourceError.noImageRoot`; `.malformed` for a path that fits several files.
  func rooted<Images: PathTableImages>(
    _ images: Images, file: String, notes: inout [String]
  ) throws -> (images: Images, isFound: Bool) {
    let candidates = candidates(for: file)
    let probes = probes(of: images)
    if options.reading.imageSuffix == nil, let found = try place(of: probes, in: candidates, asStated: true) {
      let paths = try resolved(images.paths, found, all: found.prefixes != [""], file, &notes)
      return (images.moved(to: found.root, paths: paths), true)
    }
    if let found = try place(of: probes, in: candidates, asStated: false) {
      return (images.moved(to: found.root, paths: try resolved(images.paths, found, all: true, file, &notes)), true)
    }
    guard options.allowsMissingImages else {
      var resolver = ImagePathResolver(root: candidates.first?.path ?? folder, suffix: options.reading.imageSuffix)
      let near = try probes.first.flatMap { probe -> String? in
        if case .missing(let near) = try resolver.match(probe) { near } else { nil }
      }
      throw DataSourceError.noImageRoot(
        list: file, example: probes.first ?? "", searched: candidates.prefix(10).map(\.path), near: near)
    }
    notes.append("\(file): none of the images is here; only the counts are known")
    return (images.moved(to: options.reading.imageRoot ?? folder, paths: images.paths), false)
  }

  // MARK: Folders

  /// A folder that paths may be relative to.
  private struct Candidate {
    let path: String
    /// The folder that it lies in, if that is one as well.
    let parent: String?
    /// Its name in that folder.
    let name: String
  }

  /// The folders, those named like the split of the file before others, those of other splits last.
  private func candidates(for file: String) -> [Candidate] {
    var own = file.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(file[..<$0]) } ?? "."
    // COCO keeps its files in a folder of their own, beside those of the images.
    if own.hasSuffix("/annotations") { own = String(own.dropLast("/annotations".count)) }
    let split = SplitFiles.split(of: file) ?? .train
    var bases = options.reading.imageRoot.map { [$0] } ?? [folder, own]
    if bases.count == 2, bases[0] == bases[1] { bases.removeLast() }
    return bases.flatMap { base in
      let below = (try? DirectoryListing(of: base))?.folders ?? []
      func rank(_ name: String) -> Int { DataSplit(named: name).map { $0 == split ? 0 : 2 } ?? 1 }
      let ranked = below.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
      let folders = ranked.map { Candidate(path: base + "/" + $0.element, parent: base, name: $0.element) }
      return [Candidate(path: base, parent: nil, name: "")] + (options.reading.imageRoot == nil ? folders : [])
    }
  }

  /// Several images are tried, so that one missing file does not hide the folder.
  private func probes(of images: some PathTableImages) -> [String] {
    let last = images.paths.count - 1
    return Set((0..<16).map { $0 * last / 15 }).sorted().map { images.paths[$0] }
  }

  /// The folder with most of the probes; where they lie in several folders beside each other, the one above, with those.
  private func place(
    of probes: [String], in candidates: [Candidate], asStated: Bool
  ) throws -> (root: String, prefixes: [String])? {
    let hits = try candidates.map { candidate in
      var resolver = ImagePathResolver(root: candidate.path, suffix: options.reading.imageSuffix)
      return Set(
        try probes.indices.filter { index in
          if asStated { return DirectoryListing.isFile(candidate.path + "/" + probes[index]) }
          if case .missing = try resolver.match(probes[index]) { return false }
          return true
        })
    }
    guard let most = hits.map(\.count).max(), most > 0, let best = hits.firstIndex(where: { $0.count == most }) else {
      return nil
    }
    guard most < probes.count, let parent = candidates[best].parent else { return (candidates[best].path, [""]) }
    let beside = candidates.indices.filter { candidates[$0].parent == parent && !hits[$0].isEmpty }
    let together = beside.reduce(Set<Int>()) { $0.union(hits[$1]) }
    guard beside.count > 1, together.count > most else { return (candidates[best].path, [""]) }
    return (parent, beside.map { candidates[$0].name })
  }

  // MARK: Paths

  /// The paths as the disk has them. Only paths with letters beyond ASCII are looked at, unless all must be.
  private func resolved(
    _ paths: PathTable, _ place: (root: String, prefixes: [String]), all: Bool, _ file: String, _ notes: inout [String]
  ) throws -> PathTable {
    let isSuspect = { (path: String) in all || path.utf8.contains { $0 >= 0x80 } }
    guard all || paths.hasNonASCII else { return paths }
    var resolver = ImagePathResolver(
      root: place.root, prefixes: place.prefixes, suffix: options.reading.imageSuffix)
    var result = PathTable()
    var changes: [ImagePathResolver.Difference: (count: Int, stated: String, found: String)] = [:]
    var lost: (count: Int, stated: String, near: String)?
    for index in 0..<paths.count {
      let path = paths[index]
      guard isSuspect(path) else {
        try result.append(path)
        continue
      }
      switch try resolver.match(path) {
      case .asStated: try result.append(path)
      case .other(let found, let difference):
        try result.append(found)
        changes[difference] = (
          (changes[difference]?.count ?? 0) + 1, changes[difference]?.stated ?? path,
          changes[difference]?.found ?? found
        )
      case .missing(let near):
        try result.append(path)
        if let near { lost = ((lost?.count ?? 0) + 1, lost?.stated ?? path, lost?.near ?? near) }
      }
    }
    result.finish()
    notes += changes.sorted { $0.value.found < $1.value.found }.map { Self.note(file, $0.key, $0.value) }
    if let lost {
      notes.append(
        "\(file): '\(lost.stated)' is not there, but '\(lost.near)' is, whose name has other letters or another encoding; "
          + "rename the files (to UTF-8) or correct the paths")
    }
    return result
  }

  private static func note(
    _ file: String, _ difference: ImagePathResolver.Difference, _ change: (count: Int, stated: String, found: String)
  ) -> String {
    let example = "('\(change.stated)' is \(change.found))"
    return switch difference {
    case .suffix: "\(file): \(change.count) paths leave out the suffix of their files \(example)"
    case .unicodeForm:
      "\(file): \(change.count) paths and their files are written in different Unicode forms \(example)"
    case .backslashes: "\(file): \(change.count) paths have backslashes \(example)"
    case .folder: "\(file): \(change.count) paths leave out the folder of their files \(example)"
    }
  }
}
