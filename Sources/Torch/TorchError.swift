/// An error of LibTorch or of a call into it.
public enum TorchError: Error, CustomStringConvertible, Sendable, Equatable {
  /// An operator refused its arguments or failed.
  case operation(name: String, arguments: String, reason: String)
  /// A tensor has another shape than the function needs.
  case shape(function: String, expected: String, actual: String)
  /// A tensor has another element type than the function needs.
  case elementType(function: String, expected: String, actual: String)
  /// A device cannot be used.
  case device(String)
  /// The loaded libraries do not match the program.
  case engine(String)

  /// What was expected, what was found, and what to do.
  public var description: String {
    switch self {
    case .operation(let name, let arguments, let reason): "\(name)(\(arguments)) failed: \(reason)"
    case .shape(let function, let expected, let actual): "\(function): expected shape \(expected), got \(actual)"
    case .elementType(let function, let expected, let actual):
      "\(function): expected elements of type \(expected), got \(actual)"
    case .device(let text): text
    case .engine(let text): text
    }
  }
}
