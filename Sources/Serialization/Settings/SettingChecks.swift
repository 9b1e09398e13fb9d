/// Collects faults of settings, each with the whole path of the value.
public struct SettingChecks {
  /// The faults, in the order of the rules.
  public private(set) var faults: [SettingFault] = []
  /// The paths that have a rule.
  public private(set) var ruledPaths: Set<String> = []
  /// Settings that have no effect beside the others: a value given to one of them would be ignored.
  public private(set) var unusedSettings: [UnusedSetting] = []
  private var prefix = ""

  /// Creates checks without faults.
  public init() {}

  // MARK: Single values

  /// A value within a range.
  public mutating func value<Bound>(
    _ name: String, _ value: Bound, in range: SettingRange<Bound>, _ note: String = ""
  ) {
    hasRule(name)
    if !range.contains(value) { add(name, value, range.description + note) }
  }

  /// An integer within a range.
  public mutating func integer(_ name: String, _ value: Int, in range: ClosedRange<Int>, _ note: String = "") {
    self.value(name, value, in: .closed(range), note)
  }

  /// A finite number within a range.
  public mutating func number(_ name: String, _ value: Double, in range: ClosedRange<Double>, _ note: String = "") {
    self.value(name, value, in: .closed(range), note)
  }

  /// A finite number of at least the first bound and below the second.
  public mutating func number(_ name: String, _ value: Double, in range: Range<Double>, _ note: String = "") {
    self.value(name, value, in: .halfOpen(range), note)
  }

  /// A finite number above a bound.
  public mutating func number(
    _ name: String, _ value: Double, above bound: Double, upTo greatest: Double, _ note: String = ""
  ) {
    self.value(name, value, in: .above(bound, upTo: greatest), note)
  }

  /// Records that a setting has a rule, which does not apply to its present value.
  public mutating func hasRule(_ name: String) { ruledPaths.insert(prefix + name) }

  /// One of several names.
  public mutating func choice(_ name: String, _ value: String, of known: [String]) {
    ruledPaths.insert(prefix + name)
    guard !known.contains(value) else { return }
    let nearest = NearestName.find(value, in: known).map { "; did you mean \($0)?" } ?? ""
    add(name, "'\(value)'", "one of \(known.joined(separator: ", "))" + nearest)
  }

  // MARK: Lists

  /// A list of integers, each within a range.
  public mutating func integers(
    _ name: String, _ values: [Int], in range: ClosedRange<Int>, count: ClosedRange<Int> = 0...64
  ) {
    self.count(name, values, count)
    for (index, value) in values.prefix(count.upperBound).enumerated() {
      integer("\(name)[\(index)]", value, in: range)
    }
  }

  /// A list of finite numbers, each within a range.
  public mutating func numbers(
    _ name: String, _ values: [Double], in range: ClosedRange<Double>, count: ClosedRange<Int> = 0...64
  ) {
    self.count(name, values, count)
    for (index, value) in values.prefix(count.upperBound).enumerated() {
      number("\(name)[\(index)]", value, in: range)
    }
  }

  /// A list of finite numbers, each above a bound.
  public mutating func numbers(
    _ name: String, _ values: [Double], above bound: Double, upTo greatest: Double, count: ClosedRange<Int> = 0...64
  ) {
    self.count(name, values, count)
    for (index, value) in values.prefix(count.upperBound).enumerated() {
      number("\(name)[\(index)]", value, above: bound, upTo: greatest)
    }
  }

  /// A list with a number of values within a range.
  public mutating func count<Value>(_ name: String, _ values: [Value], _ range: ClosedRange<Int>) {
    ruledPaths.insert(prefix + name)
    guard !range.contains(values.count) else { return }
    let wanted =
      range.lowerBound == range.upperBound
      ? "a list of \(range.lowerBound) numbers" : "a list of \(range.lowerBound) to \(range.upperBound) numbers"
    add(name, values.count <= 8 ? "\(values)" : "a list of \(values.count) numbers", wanted)
  }

  // MARK: Values together

  /// The rules of a group of settings; an empty name adds nothing to the path.
  public mutating func group(_ name: String, _ settings: some CheckedSettings) {
    let outer = prefix
    if !name.isEmpty { prefix += name + "." }
    settings.check(&self)
    prefix = outer
  }

  /// A rule about a value together with others.
  public mutating func require(_ holds: Bool, _ name: String, _ value: Any, _ expected: String) {
    if !holds { add(name, value, expected) }
  }

  /// Records that a setting has no effect beside the present values of others.
  public mutating func unused(_ name: String, if isUnused: Bool, _ reason: String) {
    if isUnused { unusedSettings.append(UnusedSetting(path: prefix + name, reason: reason)) }
  }

  private mutating func add(_ name: String, _ value: Any, _ expected: String) {
    faults.append(SettingFault(prefix + name, value, expected: expected))
  }

  // MARK: Texts

  /// Whole numbers are written without a fraction.
  public static func text(of value: Any) -> String {
    guard let number = value as? Double, number == number.rounded(), abs(number) < 1e15 else { return "\(value)" }
    return "\(Int(number))"
  }
}
