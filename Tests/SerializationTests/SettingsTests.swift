import Serialization
import Testing

/// Ranges are declared with the properties, of groups within groups too.
@Suite struct SettingsTests {
  struct Inner: Settings {
    @Within(above: 0, upTo: 10) var temperature = 1.5
    @Within(0..<1) var decay: Double? = nil
    init() {}
  }
  struct Outer: Settings {
    @Within(1...64) var count = 3
    @Within(0...1) var shares: [Double] = [0.5]
    var inner = Inner()
    var optional: Inner?
    var name = "plain"
    init() {}

    func checkTogether(_ checks: inout SettingChecks) {
      checks.require(name != "wrong", "name", name, "right")
    }
  }

  private func faults(_ change: (inout Outer) -> Void) -> [String] {
    var checks = SettingChecks()
    Outer(change).check(&checks)
    return checks.faults.map(\.path)
  }

  @Test func defaultsHold() {
    #expect(faults { _ in } == [])
  }

  @Test func everyPlaceIsChecked() {
    #expect(faults { $0.count = 65 } == ["count"])
    #expect(faults { $0.shares = [0.5, .nan] } == ["shares[1]"])
    #expect(faults { $0.inner.temperature = 0 } == ["inner.temperature"])
    #expect(faults { $0.inner.decay = 1 } == ["inner.decay"])
    #expect(faults { $0.optional = Inner { $0.temperature = .infinity } } == ["optional.temperature"])
    #expect(faults { $0.name = "wrong" } == ["name"])
  }

  @Test func rangesAreNamed() throws {
    var checks = SettingChecks()
    Outer { ($0.count, $0.inner.temperature) = (0, -1) }.check(&checks)
    #expect(
      checks.faults.map(\.reason) == [
        "it is 0, but must be within 1...64", "it is -1, but must be above 0 and at most 10",
      ])
    #expect(checks.ruledPaths.isSuperset(of: ["count", "shares", "inner.temperature", "inner.decay"]))
  }
}
