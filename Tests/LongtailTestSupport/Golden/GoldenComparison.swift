/// Compares the outputs of a case with what it expects.
struct GoldenComparison {
  private struct Difference {
    let index: String
    let text: String
    let excess: Double
  }

  let tolerance: Double
  let isRelative: Bool
  let rule: GoldenOperation.Comparison
  private var differences: [Difference] = []
  private var valueCount = 0

  init(tolerance: Double, isRelative: Bool, rule: GoldenOperation.Comparison) {
    (self.tolerance, self.isRelative, self.rule) = (tolerance, isRelative, rule)
  }

  /// What is wrong with an output, the worst value first; `nil` when it agrees.
  static func mismatch(
    _ output: GoldenOutput, _ expected: GoldenValue, tolerance: Double, isRelative: Bool,
    rule: GoldenOperation.Comparison
  ) -> String? {
    var comparison = GoldenComparison(tolerance: tolerance, isRelative: isRelative, rule: rule)
    comparison.compare(output, expected, at: "")
    guard let worst = comparison.differences.max(by: { $0.excess < $1.excess }) else { return nil }
    let position = worst.index.isEmpty ? "" : ", worst at \(worst.index)"
    return "\(comparison.differences.count) of \(comparison.valueCount) values differ\(position): \(worst.text)"
  }

  private mutating func compare(_ output: GoldenOutput, _ expected: GoldenValue, at index: String) {
    switch (output, expected) {
    case (.list(let outputs), .list(let values)) where outputs.count == values.count:
      for (position, (output, value)) in zip(outputs, values).enumerated() {
        compare(output, value, at: "\(index)[\(position)]")
      }
    case (.object(let outputs), .object(let values)):
      for (name, value) in values.sorted(by: { $0.key < $1.key }) {
        guard let output = outputs[name] else {
          differ(at: index, "the expected field \"\(name)\" was not computed")
          continue
        }
        compare(output, value, at: "\(index).\(name)")
      }
    default:
      compareSingle(output, expected, at: index)
    }
  }

  private mutating func compareSingle(_ output: GoldenOutput, _ expected: GoldenValue, at index: String) {
    valueCount += 1
    switch output {
    case .number(let number):
      guard let value = expected.number else { break }
      let excess = excessError(number, value, allowed: allowed(value))
      if excess > 0 { differ(at: index, "\(number), expected \(value)", excess: excess) }
      return
    case .integer(let integer):
      if let value = expected.integer, value == integer { return }
    case .flag(let flag):
      if expected == .flag(flag) { return }
    case .text(let text):
      if expected == .text(text) { return }
    case .null:
      if expected == .null { return }
    case .list, .object:
      break
    }
    differ(at: index, "\(describe(output)), expected \(describe(expected))")
  }

  private func allowed(_ expected: Double) -> Double {
    let size = isRelative ? max(1e-12, abs(expected)) : rule == .scaled ? max(1, abs(expected)) : 1
    return tolerance * size
  }

  private mutating func differ(at index: String, _ text: String, excess: Double = .infinity) {
    differences.append(Difference(index: index, text: text, excess: excess))
  }

  private func describe(_ output: GoldenOutput) -> String {
    switch output {
    case .null: "null"
    case .flag(let flag): "\(flag)"
    case .integer(let integer): "\(integer)"
    case .number(let number): "\(number)"
    case .text(let text): "\"\(text)\""
    case .list(let list): "a list of \(list.count)"
    case .object: "an object"
    }
  }

  private func describe(_ value: GoldenValue) -> String {
    switch value {
    case .number(let number): "\(number)"
    case .flag(let flag): "\(flag)"
    default: value.kind
    }
  }
}
