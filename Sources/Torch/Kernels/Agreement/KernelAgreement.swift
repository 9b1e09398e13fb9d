/// The deviation of a kernel from its reference implementation for one input.
public struct KernelAgreement: Sendable, CustomStringConvertible {
  /// The name of the comparison.
  public let name: String
  /// The largest difference of two elements, divided by the largest magnitude of the reference or 1, whichever is
  /// larger; infinite if shapes differ, a result is missing or unexpected, or the kernel failed.
  public let worstDeviation: Double
  /// The largest deviation that passes.
  public let limit: Double
  /// The error of the kernel; empty if it ran.
  public let failure: String

  /// Whether the deviation is within the limit.
  public var passed: Bool { worstDeviation <= limit }

  /// The comparison in one line.
  public var description: String {
    let text = "\(passed ? "agrees" : "DIFFERS")  \(name): \(worstDeviation), at most \(limit)"
    return failure.isEmpty ? text : text + " (\(failure))"
  }

  /// Compares two results element by element.
  package init(_ name: String, _ actual: Tensor?, _ expected: Tensor?, limit: Double) throws {
    self.name = name
    self.limit = limit
    failure = ""
    guard let actual, let expected, actual.shape == expected.shape else {
      worstDeviation = actual == nil && expected == nil ? 0 : .infinity
      return
    }
    let (left, right) = (try actual.doubles(), try expected.doubles())
    var (worst, largest) = (0.0, 1.0)
    for (value, wanted) in zip(left, right) where value != wanted && !(value.isNaN && wanted.isNaN) {
      let difference = abs(value - wanted)
      worst = max(worst, difference.isNaN ? .infinity : difference)
    }
    for wanted in right where wanted.isFinite { largest = max(largest, abs(wanted)) }
    worstDeviation = worst / largest
  }

  /// The result of a comparison that threw an error.
  package init(_ name: String, failedWith error: any Error) {
    self.name = name
    worstDeviation = .infinity
    limit = 0
    failure = "\(error)"
  }

  /// The agreements that `body` returns, or its error.
  package static func of(_ name: String, _ body: () throws -> [KernelAgreement]) -> [KernelAgreement] {
    do { return try body() } catch { return [KernelAgreement(name, failedWith: error)] }
  }
}
