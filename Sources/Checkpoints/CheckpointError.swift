import FileAccess

/// What can go wrong while a checkpoint, or another file of a run, is read or written.
public enum CheckpointError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be opened or read.
  case cannotRead(path: String, reason: String)
  /// The file cannot be written; what was there before is unchanged.
  case cannotWrite(path: String, reason: String)
  /// The file is not what its kind promises.
  case malformed(path: String, reason: String)
  /// One tensor of the file is wrong.
  case badTensor(path: String, tensor: String, reason: String)
  /// A tensor holds an infinity or a value that is not a number.
  case notFinite(path: String, tensor: String)
  /// A pickle names something that is not on the list of what a checkpoint may hold. Nothing was executed.
  case refused(path: String, name: String)
  /// The file is of a kind that is not read.
  case unsupported(path: String, reason: String)

  /// The message: the file, what was expected, what came, what to do.
  public var description: String {
    switch self {
    case .cannotRead(let path, let reason): "\(path.escapedForDisplay): cannot be read: \(reason)"
    case .cannotWrite(let path, let reason):
      "\(path.escapedForDisplay): cannot be written: \(reason); what was there before is unchanged"
    case .malformed(let path, let reason): "\(path.escapedForDisplay): \(reason)"
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

/// Text from a file as it may be shown: control and formatting characters escaped, at most 200 characters.
func printable(_ text: String) -> String {
  let shown = String(text.prefix(200)).escapedForDisplay
  return text.count > 200 ? shown + "…" : shown
}
