/// Why an input of a golden case cannot be read as an operation wants it.
public enum GoldenInputError: Error, Equatable, CustomStringConvertible {
  /// The field is not in the case.
  case missing(String)
  /// The field has another type.
  case type(String, expected: String, got: String)
  /// The rows of a matrix differ in length. No operation can be asked this, so it counts as refused.
  case ragged(String)
  /// The field holds a word that the operation does not know.
  case word(String, String)

  /// What was expected and what came.
  public var description: String {
    switch self {
    case .missing(let field): "the input \"\(field)\" is missing"
    case .type(let field, let expected, let got): "the input \"\(field)\" should be \(expected), got \(got)"
    case .ragged(let field): "the rows of the input \"\(field)\" differ in length"
    case .word(let field, let word): "the input \"\(field)\" has the unknown value \"\(word)\""
    }
  }

  /// Whether the harness, and not the operation, failed to understand the case.
  var isUnknownInput: Bool {
    if case .ragged = self { false } else { true }
  }
}
