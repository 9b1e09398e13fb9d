import Testing

/// Expects two numbers to agree: `|actual - expected| <= absolute + relative * |expected|`. Equal infinities agree, and
/// so do two NaN.
public func expectClose(
  _ actual: Double, _ expected: Double, relative: Double = 0, absolute: Double = 0,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  expectClose([actual], [expected], relative: relative, absolute: absolute, sourceLocation: sourceLocation)
}

/// Expects two lists to agree element by element and reports the worst element.
public func expectClose(
  _ actual: [Double], _ expected: [Double], relative: Double = 0, absolute: Double = 0,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard actual.count == expected.count else {
    Issue.record(
      "\(actual.count) values, expected \(expected.count); \(CaseContext.note)", sourceLocation: sourceLocation)
    return
  }
  let excess = zip(actual, expected).map { excessError($0, $1, allowed: absolute + relative * abs($1)) }
  guard let worst = excess.indices.max(by: { excess[$0] < excess[$1] }), excess[worst] > 0 else { return }
  let wrong = excess.count { $0 > 0 }
  Issue.record(
    """
    \(wrong) of \(excess.count) values differ; worst at index \(worst): \(actual[worst]), \
    expected \(expected[worst]); \(CaseContext.note)
    """, sourceLocation: sourceLocation)
}

/// How far a number is beyond what is allowed; 0 or less when it agrees.
func excessError(_ actual: Double, _ expected: Double, allowed: Double) -> Double {
  if actual == expected || (actual.isNaN && expected.isNaN) { return 0 }
  let error = abs(actual - expected)
  return error.isFinite ? error - allowed : .infinity
}
