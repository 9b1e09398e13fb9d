import Foundation

/// Errors in words for users.
///
/// The package's own errors describe themselves. Errors of the system have domains, codes and dictionaries; they are put into the
/// same form: the path, then the cause.
public enum ErrorText {
  /// The text of an error.
  public static func text(of error: any Error) -> String {
    switch error {
    case let error as DecodingError: text(of: error)
    case let error as EncodingError: text(of: error)
    case let error as POSIXError: systemMessage(error.code.rawValue)
    case let error as CocoaError: text(of: error)
    default:
      // Errors of the package have a description of their own; what the system has wrapped does not.
      (type(of: error) as Any.Type) is NSError.Type ? text(ofSystem: error as NSError) : "\(error)"
    }
  }

  private static func text(of error: CocoaError) -> String { text(ofSystem: error as NSError) }

  private static func text(ofSystem error: NSError) -> String {
    let path =
      error.userInfo[NSFilePathErrorKey] as? String ?? (error.userInfo[NSURLErrorKey] as? URL)?.path
    return [path?.escapedForDisplay, reason(error)].compactMap(\.self).joined(separator: ": ")
  }

  private static func reason(_ error: NSError) -> String {
    if let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError { return reason(cause) }
    if error.domain == NSPOSIXErrorDomain { return systemMessage(Int32(truncatingIfNeeded: error.code)) }
    guard error.domain == NSCocoaErrorDomain else { return "the system reports '\(error.domain)', code \(error.code)" }
    return switch CocoaError.Code(rawValue: error.code) {
    case .fileNoSuchFile, .fileReadNoSuchFile: systemMessage(ENOENT)
    case .fileReadNoPermission, .fileWriteNoPermission: systemMessage(EACCES)
    case .fileWriteFileExists: systemMessage(EEXIST)
    case .fileWriteOutOfSpace: systemMessage(ENOSPC)
    case .fileWriteVolumeReadOnly: systemMessage(EROFS)
    case .fileReadTooLarge: systemMessage(EFBIG)
    case .fileReadInapplicableStringEncoding, .fileReadUnknownStringEncoding: "it is not UTF-8 text"
    case .fileReadCorruptFile, .propertyListReadCorrupt: "its contents are damaged"
    default: "the system reports error \(error.code)"
    }
  }

  private static func systemMessage(_ code: Int32) -> String { String(cString: strerror(code)) }

  // MARK: Coding

  private static func text(of error: DecodingError) -> String {
    switch error {
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      place(context.codingPath) + context.debugDescription
    case .keyNotFound(let key, let context): place(context.codingPath) + "'\(key.stringValue)' is missing"
    @unknown default: "the contents are not as expected"
    }
  }

  private static func text(of error: EncodingError) -> String {
    switch error {
    case .invalidValue(_, let context): place(context.codingPath) + context.debugDescription
    @unknown default: "a value cannot be written"
    }
  }

  private static func place(_ path: [any CodingKey]) -> String {
    path.isEmpty ? "" : path.map(\.stringValue).joined(separator: ".") + ": "
  }
}
