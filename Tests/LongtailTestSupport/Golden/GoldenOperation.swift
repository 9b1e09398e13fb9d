/// One operation that golden books ask for: how its cases are recognised, what they may contain and how it is run.
public struct GoldenOperation: Sendable {
  /// How numbers are compared.
  public enum Comparison: Sendable {
    /// `|actual - expected| <= tolerance * max(1, |expected|)`.
    case scaled
    /// `|actual - expected| <= tolerance`.
    case absolute
  }

  /// The precision in which the operation computes.
  public enum Precision: Sendable {
    /// float64; the tolerance of the case holds.
    case double
    /// float32; the tolerance is at least 2e-5. A case marked `float64_only` is a failure.
    case single
  }

  /// The value of `op` or `kind` in the cases, or `nil` for books without such a field.
  public let name: String?
  /// File name of the book without `.json`, the last resort of recognition.
  public let book: String
  /// Input fields that every case has, `op` or `kind` left out; `nil` when the name tells everything.
  public let fields: Set<String>?
  /// Input fields that a case may have besides.
  public let optionalFields: Set<String>
  /// How numbers are compared.
  public let comparison: Comparison
  /// The precision in which the operation computes.
  public let precision: Precision
  /// Computes the results: reads all inputs first, then throws what the library throws. A field that is information and
  /// no input is read and ignored.
  public let run: @Sendable (GoldenInputs) throws -> [String: GoldenOutput]

  /// An operation whose cases carry its name in `op` or `kind`.
  ///
  /// - Parameters:
  ///   - name: value of `op` or `kind`.
  ///   - book: file name without `.json`.
  ///   - fields: the input fields, needed only when two operations share a name.
  ///   - optionalFields: input fields that a case may have besides.
  public init(
    _ name: String, book: String, fields: Set<String>? = nil, optionalFields: Set<String> = [],
    comparison: Comparison = .scaled, precision: Precision = .double,
    run: @escaping @Sendable (GoldenInputs) throws -> [String: GoldenOutput]
  ) {
    (self.name, self.book, self.fields, self.optionalFields) = (name, book, fields, optionalFields)
    (self.comparison, self.precision, self.run) = (comparison, precision, run)
  }

  /// An operation whose cases carry no name and are recognised by their input fields.
  ///
  /// - Parameters:
  ///   - book: file name without `.json`.
  ///   - fields: the input fields of every case.
  ///   - optionalFields: input fields that a case may have besides.
  public init(
    book: String, fields: Set<String>, optionalFields: Set<String> = [],
    comparison: Comparison = .absolute, precision: Precision = .double,
    run: @escaping @Sendable (GoldenInputs) throws -> [String: GoldenOutput]
  ) {
    (name, self.book, self.fields, self.optionalFields) = (nil, book, fields, optionalFields)
    (self.comparison, self.precision, self.run) = (comparison, precision, run)
  }

  /// Whether these are the fields of the operation: all that it needs and none that it does not know.
  func accepts(_ given: Set<String>) -> Bool {
    guard let fields else { return false }
    return fields.isSubset(of: given) && given.isSubset(of: fields.union(optionalFields))
  }

  /// The fields that the operation does not know; empty when it does not list its fields.
  func unknown(in given: Set<String>) -> [String] {
    fields.map { given.subtracting($0.union(optionalFields)).sorted() } ?? []
  }
}
