/// One case of a golden book.
struct GoldenCase {
  let name: String
  let inputs: [String: GoldenValue]
  let expected: [String: GoldenValue]
  let tolerance: Double
  /// Replaces the tolerance for expected fields that end in `_numeric`.
  let gradientTolerance: Double?
  /// Whether the tolerance is relative to the expected value, however small that is.
  let isRelative: Bool
  /// Whether the case makes no sense in float32.
  let isFloat64Only: Bool

  private static let knownFields: Set<String> = [
    "name", "inputs", "expected", "tolerance", "gradient_tolerance", "tolerance_kind", "float64_only",
  ]

  /// Reads a case.
  ///
  /// - Throws: ``GoldenCaseError`` for a missing, mistyped or unknown field.
  init(_ value: GoldenValue) throws {
    guard let fields = value.object else { throw GoldenCaseError("is \(value.kind), expected an object") }
    let unknown = Set(fields.keys).subtracting(Self.knownFields).sorted()
    guard unknown.isEmpty else { throw GoldenCaseError("has the unknown field \(quoted(unknown))") }
    guard let inputs = fields["inputs"]?.object else { throw GoldenCaseError("has no object \"inputs\"") }
    guard let expected = fields["expected"]?.object else { throw GoldenCaseError("has no object \"expected\"") }
    guard !expected.isEmpty else { throw GoldenCaseError("expects nothing") }
    guard let tolerance = fields["tolerance"]?.number, tolerance >= 0 else {
      throw GoldenCaseError("has no \"tolerance\" of 0 or more")
    }
    name = fields["name"]?.text ?? "(no name)"
    (self.inputs, self.expected, self.tolerance) = (inputs, expected, tolerance)
    gradientTolerance = try fields["gradient_tolerance"].map {
      guard let number = $0.number, number >= 0 else {
        throw GoldenCaseError("has a \"gradient_tolerance\" that is no number of 0 or more")
      }
      return number
    }
    switch fields["tolerance_kind"] {
    case nil, .text("absolute"): isRelative = false
    case .text("relative"): isRelative = true
    case let other?: throw GoldenCaseError("has the unknown \"tolerance_kind\" \(other.kind)")
    }
    guard let only = (fields["float64_only"] ?? .flag(false)).flag else {
      throw GoldenCaseError("has a \"float64_only\" that is neither true nor false")
    }
    isFloat64Only = only
  }

  /// The error that the operation must refuse with, or `nil` when results are expected.
  var expectedError: String? { expected.count == 1 ? expected["error"]?.text : nil }
}
