import FileAccess

/// Why a file cannot be read or written.
public enum SerializationError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be opened or read.
  case cannotRead(path: String, reason: String)
  /// The file cannot be written; its previous contents are unchanged.
  case cannotWrite(path: String, reason: String)
  /// The file breaks its format; the place is a line, a record or a byte, where it is known.
  case malformed(path: String, place: String? = nil, reason: String)
  /// One tensor of the file is wrong.
  case badTensor(path: String, tensor: String, reason: String)
  /// A tensor holds an infinity or a value that is not a number.
  case notFinite(path: String, tensor: String)
  /// A pickle refers to a name of Python that a checkpoint may not use. Nothing was executed.
  case refused(path: String, name: String)
  /// The file is of a kind that is not read.
  case unsupported(path: String, reason: String)

  /// The file, what was expected and found, and what to do.
  public var description: String {
    switch self {
    case .cannotRead(let path, let reason): "\(path.escapedForDisplay): cannot be read: \(reason)"
    case .cannotWrite(let path, let reason):
      "\(path.escapedForDisplay): cannot be written: \(reason); no existing file was changed"
    case .malformed(let path, let place, let reason):
      "\(path.escapedForDisplay)\(place.map { ", \($0)" } ?? ""): \(reason.escapedForDisplay)"
    case .badTensor(let path, let tensor, let reason):
      "\(path.escapedForDisplay): tensor '\(printable(tensor))': \(reason)"
    case .notFinite(let path, let tensor):
      "\(path.escapedForDisplay): tensor '\(printable(tensor))' holds values that are not finite (NaN or infinity), with which nothing can be "
        + "computed; use a file that was saved before they came in"
    case .refused(let path, let name):
      "\(path.escapedForDisplay): refused \(printable(name)): a checkpoint may hold only tensors, numbers, text, lists, tuples and "
        + "dictionaries. Nothing in the file was executed. If you trust where it comes from, save its weights alone "
        + "in Python: torch.save(model.state_dict(), \"weights.pth\")"
    case .unsupported(let path, let reason): "\(path.escapedForDisplay): \(reason)"
    }
  }
}

/// Text from a file as it is shown: control and formatting characters escaped, at most 200 characters.
func printable(_ text: String) -> String {
  let shown = String(text.prefix(200)).escapedForDisplay
  return text.count > 200 ? shown + "…" : shown
}
