/// The kind of a file by its name, ignoring case.
///
/// Names only save opening files: a file of unknown suffix is classified by its first bytes, and the decoder is chosen by
/// the bytes alone.
enum ImageFileName {
  /// The kinds of files.
  enum Kind: Sendable, Hashable {
    /// An image that is read.
    case image
    /// An image of a format that is not read, such as HEIC or a camera's raw file.
    case otherImage
    /// Text, a table, an archive, a film: no image.
    case noImage
    /// An unknown suffix.
    case unknown
  }

  /// Suffixes of images that are read.
  static let imageSuffixes = [
    "jpg", "jpeg", "jpe", "jif", "jfif", "png", "apng", "bmp", "dib", "webp", "tif", "tiff", "gif", "ppm", "pgm", "pbm",
    "pnm",
  ]

  private static let otherImageSuffixes = [
    "heic", "heif", "hif", "avif", "jxl", "jp2", "j2k", "jpx", "psd", "svg", "ico", "tga", "exr", "hdr", "dds", "xcf",
    "eps", "cr2", "cr3", "nef", "arw", "dng", "orf", "rw2", "raf", "pam", "pcx",
  ]

  private static let otherSuffixes = [
    "txt", "csv", "tsv", "json", "jsonl", "xml", "yaml", "yml", "toml", "ini", "cfg", "md", "rst", "htm", "html", "pdf",
    "log", "py", "ipynb", "sh", "m", "mat", "npy", "npz", "pkl", "pickle", "pt", "pth", "safetensors", "h5", "hdf5",
    "parquet", "arrow", "tfrecord", "rec", "idx", "lst", "db", "sqlite", "zip", "tar", "gz", "tgz", "bz2", "xz", "zst",
    "7z", "rar", "doc", "docx", "xls", "xlsx", "mp4", "avi", "mov", "mkv", "webm", "mpg", "mp3", "wav", "swp", "bak",
    "tmp",
    "part", "crdownload", "sha256", "md5",
  ]

  private static let kinds: [[UInt8]: Kind] = {
    var kinds: [[UInt8]: Kind] = [:]
    for (suffixes, kind) in [(imageSuffixes, Kind.image), (otherImageSuffixes, .otherImage), (otherSuffixes, .noImage)]
    {
      for suffix in suffixes { kinds[Array(suffix.utf8)] = kind }
    }
    return kinds
  }()

  /// The kind by the part after the last dot of a name.
  static func kind(of name: UnsafeBufferPointer<UInt8>) -> Kind {
    guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return .unknown }
    let suffix = name[(dot + 1)...]
    guard (1...12).contains(suffix.count) else { return .unknown }
    return kinds[suffix.map { $0 &- 0x41 <= 25 ? $0 | 0x20 : $0 }] ?? .unknown
  }

  /// The kind by the part after the last dot of a name.
  static func kind(of name: String) -> Kind {
    var name = name
    return name.withUTF8 { kind(of: $0) }
  }

  /// Whether the part after the last dot is a suffix of images, read or not, in any case.
  static func isImage(_ name: UnsafeBufferPointer<UInt8>) -> Bool { [.image, .otherImage].contains(kind(of: name)) }
}
