/// A failure of an engine call.
public enum TorchError: Error, CustomStringConvertible, Sendable, Equatable {
  /// An operator refused its arguments or failed while running.
  case operation(name: String, arguments: String, reason: String)
  /// A tensor had another shape than the called function needs.
  case shape(function: String, expected: String, actual: String)
  /// A tensor had another element type than the called function needs.
  case elementType(function: String, expected: String, actual: String)
  /// A device that this process cannot use was asked for.
  case device(String)
  /// The libraries that were found do not fit this program.
  case engine(String)

  /// What was expected, what came, and what to do.
  public var description: String {
    switch self {
    case .operation(let name, let arguments, let reason): "\(name)(\(arguments)) failed: \(reason)"
    case .shape(let function, let expected, let actual): "\(function): expected shape \(expected), but \(actual) came"
    case .elementType(let function, let expected, let actual):
      "\(function): expected elements of type \(expected), but \(actual) came"
    case .device(let text): text
    case .engine(let text): text
    }
  }
}
