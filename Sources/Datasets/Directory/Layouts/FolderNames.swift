/// Looks up names in a folder, also by another Unicode form or without the suffix of images.
struct FolderNames {
  /// Strings are equal under Unicode equivalence, so that a composed letter finds a decomposed one.
  private var files: [String: [String]] = [:]
  private var folders: [String: [String]] = [:]
  private var stems: [String: [String]] = [:]
  private let listing: DirectoryListing?

  /// Lists a folder; one that is not there has no names.
  init(of path: String) {
    listing = try? DirectoryListing(of: path)
    for name in listing?.files ?? [] {
      files[name, default: []].append(name)
      guard ImageFolder.hasImageSuffix(name), let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { continue }
      stems[String(name[..<dot]), default: []].append(name)
    }
    for name in listing?.folders ?? [] { folders[name, default: []].append(name) }
  }

  /// The folder of this name.
  func folder(_ name: String) -> String? { Self.best(of: folders[name], for: name) }

  /// The file of this name.
  func file(_ name: String) -> String? { Self.best(of: files[name], for: name) }

  /// The images of this name without their suffix.
  func images(withoutSuffix name: String) -> [String] { stems[name] ?? [] }

  /// A name that differs from the given one in case, or in letters beyond ASCII.
  func nameLike(_ name: String) -> String? {
    let wanted = Self.plain(name)
    return ((listing?.folders ?? []) + (listing?.files ?? [])).first { Self.plain($0) == wanted }
  }

  private static func plain(_ name: String) -> String { String(name.lowercased().unicodeScalars.filter(\.isASCII)) }

  private static func best(of names: [String]?, for name: String) -> String? {
    names?.first { $0.utf8.elementsEqual(name.utf8) } ?? names?.first
  }
}

extension String {
  fileprivate init(_ scalars: some Sequence<Unicode.Scalar>) {
    self.init(String.UnicodeScalarView(scalars))
  }
}
