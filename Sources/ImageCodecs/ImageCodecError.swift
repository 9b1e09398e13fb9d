import FileAccess

/// Why an image file could not be read or written, with the name of the file.
public struct ImageCodecError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What went wrong.
  public enum Reason: Sendable, Hashable {
    /// There is no such file.
    case missing
    /// The file exists but could not be read; the text is the system's.
    case unreadable(String)
    /// The file has no bytes.
    case empty
    /// A kind that is recognised but not read.
    case unsupportedFormat(ImageFormat)
    /// No known signature at the start.
    case notAnImage
    /// Something else under the name of an image.
    case foreign(ForeignContents)
    /// A format that is read, but of a rare form that is not read.
    case unsupportedForm(String)
    /// Damaged or cut short.
    case corrupt(String)
    /// Over a limit.
    case tooLarge(String)
    /// The system gave no memory.
    case outOfMemory
    /// A part was wanted that does not lie in the image.
    case outside(PixelRegion, width: Int, height: Int)
    /// A file could not be encoded with these arguments.
    case notEncodable(String)
  }

  /// The path or record that was being read.
  public let name: String
  /// What went wrong.
  public let reason: Reason

  /// Makes an error about the file of this name.
  public init(name: String, reason: Reason) {
    self.name = name
    self.reason = reason
  }

  /// Whether the file itself is at fault (not the disk, a limit or the arguments).
  public var isDamage: Bool {
    switch reason {
    case .empty, .notAnImage, .foreign, .corrupt: true
    default: false
    }
  }

  /// One line: the name, what is wrong, and what to do where there is something to do.
  public var description: String { "\(name): \(explanation)".escapedForDisplay }

  /// What is wrong, without the name.
  public var explanation: String {
    switch reason {
    case .missing: "there is no such file"
    case .unreadable(let text): "the file cannot be read: \(text)"
    case .empty: "the file is empty"
    case .foreign(let contents): contents.explanation
    case .unsupportedFormat(let format):
      "this is \(format == .avif ? "an" : "a") \(format.rawValue) file, and only \(ImageFormat.decodableNames) are read; convert it to JPEG or PNG"
    case .notAnImage: "this is not an image: the first bytes are those of no known format"
    case .unsupportedForm(let text): "an unusual form that is not read (\(text)); save it again as plain JPEG or PNG"
    case .corrupt(let text): "the image is damaged or cut short (\(text))"
    case .tooLarge(let text): "the image is too large: \(text)"
    case .outOfMemory: "there is not enough memory to decode this image"
    case .outside(let region, let width, let height):
      "\(region.width) x \(region.height) pixels at column \(region.x), row \(region.y) do not lie in an image of \(width) x \(height) pixels"
    case .notEncodable(let text): "the image cannot be written: \(text)"
    }
  }
}
