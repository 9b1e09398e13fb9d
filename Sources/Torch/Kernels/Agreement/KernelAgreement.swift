/// How well a kernel agreed with its plain twin on some input.
public struct KernelAgreement: Sendable, CustomStringConvertible {
  /// What was compared.
  public let name: String
  /// The largest difference of two elements, over the largest element of the twin's result but at least over 1; infinite for other
  /// shapes, for numbers where there should be none, and where the kernel failed.
  public let worstDeviation: Double
  /// The largest deviation that passes.
  public let limit: Double
  /// Why there is nothing to compare, else empty.
  public let failure: String

  /// Whether the deviation is within the limit.
  public var passed: Bool { worstDeviation <= limit }

  /// One line.
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

  /// What could not be compared.
  package init(_ name: String, failedWith error: any Error) {
    self.name = name
    worstDeviation = .infinity
    limit = 0
    failure = "\(error)"
  }

  /// The agreements that `body` gives, or its failure.
  package static func of(_ name: String, _ body: () throws -> [KernelAgreement]) -> [KernelAgreement] {
    do { return try body() } catch { return [KernelAgreement(name, failedWith: error)] }
  }
}
