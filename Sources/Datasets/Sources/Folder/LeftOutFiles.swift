import FileAccess

/// Files that a search for images skipped: the number of each kind, and the first of each.
public struct LeftOutFiles: Sendable, Hashable, Codable {
  /// Why a file was skipped.
  public enum Reason: String, Sendable, Hashable, Codable, CodingKeyRepresentable, CaseIterable {
    /// A hidden image, a hidden folder, or a backup copy of an editor.
    case hidden
    /// A folder of thumbnails, of a bin or of a file server, such as `@eaDir` or `__MACOSX`.
    case system
    /// An image of a format that is not read, such as HEIC.
    case otherFormat
    /// A file that is no image.
    case noImage
    /// An image that lies beside class folders instead of in one.
    case besideFolders
    /// A link that leads nowhere.
    case danglingLink
    /// A link in a circle, or to a folder that is read anyway.
    case repeatedFolder
    /// A pipe, a socket or a device.
    case special
  }

  /// The number of one kind, and the first of them.
  public struct Entry: Sendable, Hashable, Codable {
    /// The number of files.
    public var count: Int
    /// The path of the first, relative to the folder.
    public var first: String
  }

  /// The skipped files by reason; reasons without any are absent.
  public private(set) var entries: [Reason: Entry] = [:]

  /// Nothing is left out.
  public init() {}

  /// Whether nothing was left out.
  public var isEmpty: Bool { entries.isEmpty }

  /// How many were left out for a reason.
  public func count(_ reason: Reason) -> Int { entries[reason]?.count ?? 0 }

  /// One sentence for each reason, in a fixed order; each begins with the folder.
  public func notes(of folder: String) -> [String] { sentences.map { "\(folder.escapedForDisplay): \($0)" } }

  /// One sentence for each reason, in a fixed order.
  public var sentences: [String] {
    Reason.allCases.compactMap { reason in
      entries[reason].map { "\(reason.text($0.count)) (first: \($0.first.escapedForDisplay))" }
    }
  }

  mutating func add(_ reason: Reason, _ path: @autoclosure () -> String) {
    if entries[reason] == nil { entries[reason] = Entry(count: 0, first: path()) }
    entries[reason]?.count += 1
  }

  mutating func add(_ others: LeftOutFiles, below prefix: String = "") {
    for (reason, entry) in others.entries {
      let own = entries[reason] ?? Entry(count: 0, first: prefix + entry.first)
      entries[reason] = Entry(count: own.count + entry.count, first: own.first)
    }
  }
}

extension LeftOutFiles.Reason {
  /// What was left out and why, in words.
  func text(_ count: Int) -> String {
    let one = count == 1
    return switch self {
    case .hidden:
      one ? "1 hidden entry or backup copy is left out" : "\(count) hidden entries or backup copies are left out"
    case .system:
      one
        ? "1 folder of thumbnails or of the system is left out"
        : "\(count) folders of thumbnails or of the system are left out"
    case .otherFormat:
      (one ? "1 image is of a format that is" : "\(count) images are of formats that are")
        + " not read and left out; convert to JPEG or PNG"
    case .noImage: one ? "1 file is no image and is ignored" : "\(count) files are no images and are ignored"
    case .besideFolders:
      (one ? "1 image lies" : "\(count) images lie") + " beside the class folders and \(one ? "is" : "are") left out"
    case .danglingLink: one ? "1 link leads nowhere" : "\(count) links lead nowhere"
    case .repeatedFolder:
      (one ? "1 link leads" : "\(count) links lead") + " in a circle, or to a folder that is read already"
    case .special:
      one ? "1 pipe, socket or device is left out" : "\(count) pipes, sockets or devices are left out"
    }
  }
}
