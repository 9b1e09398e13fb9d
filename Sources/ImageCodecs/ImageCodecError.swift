import FileAccess

/// Why an image file could not be read or written, with the name of the file.
public struct ImageCodecError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What went wrong.
  public enum Reason: Sendable, Hashable {
    /// There is no such file.
    case missing
    /// The file exists but cannot be read; with the message of the system.
    case unreadable(String)
    /// The file has no bytes.
    case empty
    /// A format that is recognised but not supported.
    case unsupportedFormat(ImageFormat)
    /// No known signature at the start.
    case notAnImage
    /// Other contents under the name of an image.
    case foreign(ForeignContents)
    /// A rare variant of a supported format.
    case unsupportedForm(String)
    /// Damaged or cut short.
    case corrupt(String)
    /// Over a limit.
    case tooLarge(String)
    /// Memory could not be allocated.
    case outOfMemory
    /// The requested region is not within the image.
    case outside(PixelRegion, width: Int, height: Int)
    /// The image cannot be encoded with these arguments.
    case notEncodable(String)
  }

  /// The path or record that was being read.
  public let name: String
  /// What went wrong.
  public let reason: Reason

  /// Makes an error.
  public init(name: String, reason: Reason) {
    self.name = name
    self.reason = reason
  }

  /// Whether the contents of the file are damaged, in contrast to errors of the disk, limits and arguments.
  public var isDamage: Bool {
    switch reason {
    case .empty, .notAnImage, .foreign, .corrupt: true
    default: false
    }
  }

  /// One line: the name, what is wrong, and what to do where there is something to do.
  public var description: String { "\(name): \(explanation)".escapedForDisplay }

  /// The message without the name.
  public var explanation: String {
    switch reason {
    case .missing: "there is no such file"
    case .unreadable(let text): "the file cannot be read: \(text)"
    case .empty: "the file is empty"
    case .foreign(let contents): contents.explanation
    case .unsupportedFormat(let format):
      "this is \(format == .avif ? "an" : "a") \(format.rawValue) file, and only \(ImageFormat.decodableNames) are read; convert it to JPEG or PNG"
    case .notAnImage: "this is not an image: its first bytes match no known format"
    case .unsupportedForm(let text): "this variant of the format is not supported (\(text)); save it as JPEG or PNG"
    case .corrupt(let text): "the image is damaged or cut short (\(text))"
    case .tooLarge(let text): "the image is too large: \(text)"
    case .outOfMemory: "there is not enough memory to decode this image"
    case .outside(let region, let width, let height):
      "\(region.width) x \(region.height) pixels at column \(region.x), row \(region.y) are not within an image of "
        + "\(width) x \(height) pixels"
    case .notEncodable(let text): "the image cannot be written: \(text)"
    }
  }
}
