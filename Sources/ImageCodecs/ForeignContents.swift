/// The contents of a file that is named like an image but is none, as failed downloads and repositories leave them.
public enum ForeignContents: String, Sendable, Hashable, Codable, CaseIterable {
  /// A web page.
  case html
  /// The text that Git LFS stores in place of a large file.
  case gitLFSPointer
  /// SVG, or other XML.
  case xml
  /// A PDF document.
  case pdf
  /// A ZIP, gzip, bzip2 or 7-Zip archive.
  case archive
  /// A video.
  case video
  /// JSON.
  case json
  /// Other text.
  case text

  /// The number of bytes that are examined.
  static let headLength = 256

  /// Recognises contents by the first bytes of a file; nil if they are unknown.
  public init?(startOf bytes: some Collection<UInt8>) {
    let head = Array(bytes.prefix(Self.headLength))
    guard !head.isEmpty else { return nil }
    let text = String(decoding: head.drop { [0xEF, 0xBB, 0xBF, 0x20, 0x0A, 0x0D, 0x09].contains($0) }, as: UTF8.self)
    let start = text.lowercased()
    if start.hasPrefix("version https://git-lfs") {
      self = .gitLFSPointer
    } else if start.hasPrefix("<!doctype html") || start.hasPrefix("<html") || start.hasPrefix("<head") {
      self = .html
    } else if start.hasPrefix("<?xml") || start.hasPrefix("<svg") {
      self = .xml
    } else if head.starts(with: Array("%PDF".utf8)) {
      self = .pdf
    } else if [[0x50, 0x4B, 3, 4], [0x1F, 0x8B], [0x37, 0x7A, 0xBC, 0xAF], [0x42, 0x5A, 0x68]].contains(where: {
      head.starts(with: $0 as [UInt8])
    }) {
      self = .archive
    } else if head.dropFirst(4).starts(with: Array("ftyp".utf8)) || head.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) {
      self = .video
    } else if start.hasPrefix("{") || start.hasPrefix("[") {
      self = .json
    } else if head.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || (9...13).contains($0) }),
      String(validating: head.dropLast(head.count == Self.headLength ? 3 : 0), as: UTF8.self) != nil
        || head.allSatisfy({ $0 < 0x80 })
    {
      self = .text
    } else {
      return nil
    }
  }

  /// The message: what the file is, and what to do.
  var explanation: String {
    switch self {
    case .html:
      "this is a web page (HTML), as servers send it in place of an image that they do not have; download the image again"
    case .gitLFSPointer:
      "this is a Git LFS pointer, not the image itself; fetch the files with 'git lfs pull'"
    case .xml: "this is XML, such as an SVG drawing; export it as PNG"
    case .pdf: "this is a PDF document; export its pages as PNG"
    case .archive: "this is an archive; unpack it"
    case .video: "this is a video; extract its frames as JPEG or PNG"
    case .json: "this is JSON text, not an image; download the image again"
    case .text: "this is text, not an image; download the image again"
    }
  }
}
