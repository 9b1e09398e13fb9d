import Serialization
import Testing

@Suite struct SettingChecksTests {
  private struct Oven: CheckedSettings {
    var heat = 180.0
    var trays = 2
    var names = "bread"
    var times: [Double] = [1, 2]
    var fan = Fan()

    func check(_ checks: inout SettingChecks) {
      checks.number("heat", heat, above: 0, upTo: 300, " degrees")
      checks.integer("trays", trays, in: 1...4)
      checks.choice("names", names, of: ["bread", "cake", "pizza"])
      checks.numbers("times", times, in: 0...10, count: 1...3)
      checks.group("fan", fan)
      checks.unused("fan.speed", if: !fan.isOn, "the fan is off")
    }
  }

  private struct Fan: CheckedSettings {
    var isOn = false
    var speed = 0.5

    func check(_ checks: inout SettingChecks) { checks.number("speed", speed, in: 0..<1) }
  }

  private func faults(_ change: (inout Oven) -> Void) -> [String] {
    var oven = Oven()
    change(&oven)
    var checks = SettingChecks()
    checks.group("kitchen", oven)
    return checks.faults.map(\.description)
  }

  @Test func wholePathsAndRangesAreNamed() {
    #expect(faults { _ in }.isEmpty)
    #expect(faults { $0.heat = 0 } == ["kitchen.heat is 0, but must be above 0 and at most 300 degrees"])
    #expect(faults { $0.trays = -3 } == ["kitchen.trays is -3, but must be within 1...4"])
    #expect(faults { $0.fan.speed = 1 } == ["kitchen.fan.speed is 1, but must be at least 0 and below 1"])
    #expect(faults { $0.times[1] = 11 } == ["kitchen.times[1] is 11, but must be within 0...10"])
    #expect(faults { $0.times = [] } == ["kitchen.times is [], but must be a list of 1 to 3 numbers"])
    #expect(faults { $0.names = "bred" }[0].hasSuffix("did you mean bread?"))
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity, 1e308, -1e308])
  func noRangeHoldsWhatIsNotFinite(value: Double) {
    #expect(faults { $0.heat = value }.count == 1)
    #expect(faults { $0.fan.speed = value }.count == 1)
    #expect(faults { $0.times = [value] }.count == 1)
  }

  @Test func rulesAndUnusedSettingsAreListed() {
    var checks = SettingChecks()
    Oven().check(&checks)
    #expect(checks.ruledPaths.isSuperset(of: ["heat", "trays", "names", "times", "times[0]", "fan.speed"]))
    #expect(checks.unusedSettings == [UnusedSetting(path: "fan.speed", reason: "the fan is off")])
    #expect(throws: SettingFault("oven.trays", 9, expected: "within 1...4")) {
      try Oven(trays: 9).requireValid(at: "oven")
    }
  }
}
