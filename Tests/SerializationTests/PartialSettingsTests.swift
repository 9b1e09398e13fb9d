import Serialization
import Testing

/// Given values are laid over the defaults, also of a part that is absent by default and of an alternative that is not chosen.
@Suite struct PartialSettingsTests {
  struct Distillation: Settings {
    @Within(above: 0, upTo: 10) var temperature = 1.5
    var weight = 1.0
    init() {}
  }
  struct Steps: Settings {
    @Within(0...1000) var epochs = [160.0, 180]
    @Within(0...1) var factors = [0.01, 0.0001]
    init() {}
  }
  enum Schedule: Codable, Sendable, Equatable, CaseIterable {
    case constant
    case cosine
    case steps(Steps)
    case exponential(rate: Double, every: Int)
    static let allCases: [Schedule] = [.constant, .cosine, .steps(Steps()), .exponential(rate: 0.9, every: 1)]
  }
  /// An enum that does not list its cases.
  enum Mixing: Codable, Sendable, Equatable { case none, mixup(alpha: Double), cutMix(Double) }
  struct Method: Settings {
    @Within(1...9) var experts = 3
    var distillation: Distillation?
    var schedule = Schedule.cosine
    var warmUp: Schedule?
    var mixing = Mixing.none
    var parts: [Distillation] = []
    init() {}
  }

  private func tree(_ assignments: [String]) throws -> SettingsTree {
    var tree = try SettingsTree(defaults: Method())
    for assignment in assignments { try tree.apply(assignment: assignment) }
    return tree
  }

  private func decoded(_ assignments: String...) throws -> Method { try tree(assignments).decode(Method.self) }

  private func message(_ assignments: String...) throws -> String {
    let error = #expect(throws: SettingsError.self) { try tree(assignments).decode(Method.self) }
    return try #require(error).description
  }

  @Test func oneValueSwitchesAPartOn() throws {
    #expect(try decoded().distillation == nil)
    #expect(try decoded("distillation.weight=2").distillation == Distillation { $0.weight = 2 })
    #expect(try decoded("distillation={}").distillation == Distillation())
    #expect(try decoded("distillation.weight=2", "distillation=null").distillation == nil)
    #expect(try decoded("parts=[{weight: 3}]").parts == [Distillation { $0.weight = 3 }])
  }

  @Test func alternativesReadWell() throws {
    #expect(try tree([]).value(at: "schedule") == .string("cosine"))
    #expect(try decoded("schedule=constant").schedule == .constant)
    #expect(try decoded("schedule=steps").schedule == .steps(Steps()))
    #expect(try decoded("schedule.steps.epochs=[100]").schedule == .steps(Steps { $0.epochs = [100] }))
    #expect(
      try decoded("schedule.steps.epochs=[1]", "schedule.steps.factors=[0.5]").schedule
        == .steps(Steps { ($0.epochs, $0.factors) = ([1], [0.5]) }))
    #expect(try decoded("schedule.steps.epochs=[100]", "schedule=cosine").schedule == .cosine)
    #expect(
      try decoded("schedule.steps.epochs=[9]", "schedule.exponential.every=5").schedule
        == .exponential(rate: 0.9, every: 5))
    #expect(try decoded("warmUp.steps.factors=[0.5]").warmUp == .steps(Steps { $0.factors = [0.5] }))
    #expect(try decoded("schedule={cosine: {}}").schedule == .cosine)
  }

  @Test func alternativesAreWrittenWithoutFurtherKeys() throws {
    let method = Method { $0.schedule = .steps(Steps { $0.epochs = [5] }) }
    let value = try JSONValue(encoding: method)
    #expect(value.objectValue?["schedule"] == ["steps": ["epochs": [5.0], "factors": [0.01, 0.0001]]])
    #expect(try value.decode(Method.self) == method)
    for mixing in [Mixing.none, .mixup(alpha: 0.2), .cutMix(0.5)] {
      let method = Method { $0.mixing = mixing }
      #expect(try JSONValue(encoding: method).decode(Method.self) == method)
    }
    #expect(try JSONValue(encoding: Mixing.cutMix(0.5)) == ["cutMix": 0.5])
  }

  @Test(arguments: [
    ("distillation.temperature=0", "'distillation.temperature': it is 0, but must be above 0 and at most 10"),
    ("distillation.temprature=2", "'distillation.temprature'; did you mean 'distillation.temperature'?"),
    ("distillation=3", "'distillation': expected a group of keys, found the integer 3"),
    ("experts=10", "'experts': it is 10, but must be within 1...9"),
    ("schedule=cosin", "'schedule': expected one of constant, cosine, steps, exponential, found the text \"cosin\""),
    ("schedule=cosin", "did you mean cosine?"),
    ("schedule.stesp.epochs=[1]", "found the key stesp; did you mean steps?"),
    ("schedule.steps.epoch=[1]", "'schedule.steps.epoch'; did you mean 'schedule.steps.epochs'?"),
    ("schedule.steps.factors=[2]", "'schedule.steps.factors[0]': it is 2, but must be within 0...1"),
    ("schedule.steps.epochs=many", "'schedule.steps.epochs': expected a list, found the text \"many\""),
    ("schedule={cosine: {rate: 1}}", "'schedule.cosine.rate'"),
    ("schedule=3", "expected one of constant, cosine, steps, exponential, found the integer 3"),
    ("parts=[{weight: 1}, {temperature: 11}]", "'parts[1].temperature': it is 11"),
    ("mixing=mixup", "'mixing.mixup.alpha': it is missing"),
  ])
  func mistakesNameThePathTheOriginAndTheNearest(assignment: String, expected: String) throws {
    let text = try message(assignment)
    #expect(text.hasPrefix("--set: "), "\(text)")
    #expect(text.contains(expected), "\(text)")
  }

  @Test func completingShowsTheValuesOfPartsThatWereSwitchedOn() throws {
    var tree = try tree(["distillation.weight=2", "schedule=steps"])
    try tree.complete(with: tree.decode(Method.self))
    #expect(tree.value(at: "distillation.temperature") == 1.5)
    #expect(tree.origin(of: "distillation.temperature") == .recipeDefault)
    #expect(tree.origin(of: "distillation.weight") == .commandLine)
    #expect(tree.value(at: "schedule.steps.factors") == [0.01, 0.0001])
    #expect(tree.origin(of: "schedule.steps.factors") == .commandLine)
    #expect(try tree.decode(Method.self).schedule == .steps(Steps()))
  }
}
