/// Runs a body for every value of a list, under the name of the value; nest it for combinations.
///
/// ```swift
/// try withEvery("ranks", [1, 2, 3, 8]) { ranks in
///   try withEvery("batch", [1, 7, 128]) { batch in … }
/// }
/// ```
public func withEvery<Values: Sequence>(
  _ name: String, _ values: Values, _ body: (Values.Element) throws -> Void
) rethrows {
  for value in values {
    try CaseContext.with("\(name) = \(value)") { try body(value) }
  }
}
