/// Inputs and settings that a network cannot take.
public enum ModelError: Error, Equatable, CustomStringConvertible, Sendable {
  /// Images of a size that the network does not take.
  case inputSize(model: String, height: Int, width: Int, expected: String)
  /// A setting without meaning for the network.
  case setting(name: String, value: String, expected: String)

  /// The value, what was expected, and what to do.
  public var description: String {
    switch self {
    case .inputSize(let model, let height, let width, let expected):
      "\(model) takes images with \(expected), but \(height) by \(width) pixels came; choose another input size"
    case .setting(let name, let value, let expected): "\(name) is \(value), but must be \(expected)"
    }
  }

  static func check(inputSize: Int) throws {
    guard inputSize < 1 else { return }
    throw ModelError.inputSize(
      model: "a network", height: inputSize, width: inputSize, expected: "sides of at least 1 pixel")
  }
}
