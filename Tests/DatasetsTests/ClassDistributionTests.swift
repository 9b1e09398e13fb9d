import Datasets
import Foundation
import LongtailTestSupport
import Testing

@Suite struct ClassDistributionTests {
  @Test func describesCounts() throws {
    let classes = try ClassDistribution(counts: [500, 0, 60, 5], names: ["cat", "owl", "lynx", "ocelot"])
    #expect(classes.classCount == 4)
    #expect(classes.total == 565)
    #expect(classes.imbalanceFactor == 100)
    #expect(classes.emptyClasses == [1])
    #expect(classes.label(named: "lynx") == 2)
    #expect(classes.label(named: "dog") == nil)
    expectClose(classes.prior, [500.0 / 565, 0, 60.0 / 565, 5.0 / 565], relative: 1e-15)
    #expect(classes.logPrior[1] == -.infinity)
    expectClose(classes.logPrior[3], log(5.0 / 565), relative: 1e-15)
  }

  @Test func namesDefaultToLabels() throws {
    #expect(try ClassDistribution(counts: [1, 2]).names == ["0", "1"])
  }

  @Test func countsLabels() throws {
    #expect(try ClassDistribution(labels: [2, 0, 2, 2], classCount: 4).counts == [1, 0, 3, 0])
    #expect(throws: LabelError.outOfRange(label: 4, position: 1, classCount: 4)) {
      try ClassDistribution(labels: [0, 4], classCount: 4)
    }
    #expect(throws: LabelError.outOfRange(label: -1, position: 0, classCount: 4)) {
      try ClassDistribution(labels: [-1], classCount: 4)
    }
  }

  @Test func refusesUnusableCounts() {
    #expect(throws: ClassDistributionError.noClasses) { try ClassDistribution(counts: []) }
    #expect(throws: ClassDistributionError.noImages(classes: 2)) { try ClassDistribution(counts: [0, 0]) }
    #expect(throws: ClassDistributionError.negativeCount(label: 1, count: -3)) {
      try ClassDistribution(counts: [1, -3])
    }
    #expect(throws: ClassDistributionError.tooManyImages) { try ClassDistribution(counts: [.max, 1]) }
    #expect(throws: ClassDistributionError.nameCount(names: 1, classes: 2)) {
      try ClassDistribution(counts: [1, 2], names: ["a"])
    }
    #expect(throws: ClassDistributionError.duplicateName("a", first: 0, second: 2)) {
      try ClassDistribution(counts: [1, 2, 3], names: ["a", "b", "a"])
    }
  }

  @Test func codesAndValidates() throws {
    let classes = try ClassDistribution(counts: [3, 1], names: ["a", "b"])
    let data = try JSONEncoder().encode(classes)
    #expect(try JSONDecoder().decode(ClassDistribution.self, from: data) == classes)
    #expect(throws: ClassDistributionError.negativeCount(label: 0, count: -1)) {
      try JSONDecoder().decode(ClassDistribution.self, from: Data(#"{"counts":[-1,2],"names":["a","b"]}"#.utf8))
    }
  }

  /// The groups partition the classes, whatever the counts and the rule.
  @Test func shotGroupsPartitionTheClasses() throws {
    try withRandomCases { random in
      let counts = random.integers(Int.random(in: 1...40, using: &random), in: 0...130)
      let classes = try ClassDistribution(counts: counts + [1])
      let fewLimit = Int.random(in: 0...60, using: &random)
      let rule = try ShotGroupRule(
        manyLimit: fewLimit + Int.random(in: 1...60, using: &random), fewLimit: fewLimit,
        includesLimits: Bool.random(using: &random))
      for rule in [.strict, .inclusive, rule] {
        let joined = ShotGroup.allCases.flatMap { classes.classes(in: $0, rule: rule) }
        #expect(joined.sorted() == Array(0..<classes.classCount), CaseContext.note)
      }
    }
  }

  @Test func shotGroupLimits() throws {
    let classes = try ClassDistribution(counts: [101, 100, 99, 21, 20, 19, 0])
    #expect(
      (0..<7).map { classes.shotGroup(of: $0) } == [.many, .medium, .medium, .medium, .medium, .few, .few])
    #expect(
      (0..<7).map { classes.shotGroup(of: $0, rule: .inclusive) }
        == [.many, .many, .medium, .medium, .few, .few, .few])
    #expect(ShotGroupRule.strict.description == "many > 100, medium 20...100, few < 20 training images")
    #expect(ShotGroupRule.inclusive.description == "many >= 100, medium 21...99, few <= 20 training images")
  }

  @Test func refusesOverlappingLimits() throws {
    #expect(try ShotGroupRule(manyLimit: 20, fewLimit: 21).condition(of: .medium) == "none")
    #expect(throws: ShotGroupRuleError.self) { try ShotGroupRule(manyLimit: 20, fewLimit: 22) }
    #expect(throws: ShotGroupRuleError.self) { try ShotGroupRule(manyLimit: 20, fewLimit: 20, includesLimits: true) }
    let rule = try ShotGroupRule(manyLimit: 50, fewLimit: 10, includesLimits: true)
    let decoded = try JSONDecoder().decode(ShotGroupRule.self, from: JSONEncoder().encode(rule))
    #expect(decoded == rule)
  }
}
