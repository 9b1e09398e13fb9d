import Testing

/// Names the case that runs, so that a failure inside a loop says which case failed.
public enum CaseContext {
  /// The names of the surrounding cases, outermost first.
  @TaskLocal public static var names: [String] = []

  /// The names as a comment for `#expect`: `#expect(a == b, CaseContext.note)`.
  public static var note: Comment { Comment(rawValue: names.joined(separator: ", ")) }

  /// Runs a body under one more name.
  public static func with<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
    try $names.withValue(names + [name], operation: body)
  }
}
