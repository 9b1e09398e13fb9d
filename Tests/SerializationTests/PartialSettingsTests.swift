import Serialization
import Testing

/// Given values are laid over the defaults, also of a part that is absent by default.
@Suite struct PartialSettingsTests {
  struct Distillation: Settings {
    @Within(above: 0, upTo: 10) var temperature = 1.5
    var weight = 1.0
    init() {}
  }
  struct Method: Settings {
    @Within(1...9) var experts = 3
    var distillation: Distillation?
    init() {}
  }

  private func decoded(_ assignments: String...) throws -> Method {
    var tree = try SettingsTree(defaults: Method())
    for assignment in assignments { try tree.apply(assignment: assignment) }
    return try tree.decode(Method.self)
  }

  @Test func oneValueSwitchesAPartOn() throws {
    #expect(try decoded().distillation == nil)
    #expect(try decoded("distillation.weight=2").distillation == Distillation { $0.weight = 2 })
    #expect(try decoded("distillation={}").distillation == Distillation())
    #expect(try decoded("distillation.weight=2", "distillation=null").distillation == nil)
  }

  @Test func rangesAndKeysOfThePartAreChecked() {
    for wrong in ["distillation.temperature=0", "distillation.temprature=2", "distillation=3", "experts=10"] {
      #expect(throws: SettingsError.self, "\(wrong)") { try decoded(wrong) }
    }
  }
}
