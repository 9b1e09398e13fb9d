import Datasets
import LongtailMethods
import ModelTraining
import NeuralNetworks
import Objectives
import RunRecords
import Runs
import Serialization
import Testing

/// Every number of every recipe, set to values that trap or train nonsense where nobody looks.
@Suite struct SettingsSweepTests {
  private static let values: [JSONValue] = [
    .integer(-1), .integer(0), .number(.nan), .number(.infinity), .integer(.max), .number(1e308),
  ]
  /// Settings of which a value below 0 has a meaning.
  private static let signed: Set<String> = [
    "repulsion", "power", "mean", "exponents",
  ]
  private static let classes = try? ClassDistribution(counts: [500, 100, 20, 5])

  /// A recipe for each kind of settings. That all recipes of a kind have the rules is another test.
  private static let kinds: [(name: String, own: Bool)] = {
    var seen: Set<String> = []
    return RecipeRegistry.all.filter { seen.insert("\(type(of: $0.settings))").inserted }.enumerated().map {
      ($1.name, $0 > 0)
    }
  }()

  /// What all kinds share is swept with the first.
  @Test(arguments: kinds) func everyNumberIsMeantOrRefused(name: String, own: Bool) throws {
    let tree = try RecipeRegistry.recipe(named: name).settingsTree()
    let leaves = Self.numbers(of: tree).filter { leaf in
      !own || !["data.", "model.", "training."].contains { leaf.path.hasPrefix($0) }
    }
    for leaf in leaves {
      for value in Self.values { try check(name, tree, leaf, value) }
    }
  }

  private func check(_ name: String, _ tree: SettingsTree, _ leaf: (path: String, isList: Bool), _ value: JSONValue)
    throws
  {
    let entry = try RecipeRegistry.recipe(named: name)
    var changed = tree
    try changed.set(leaf.path, to: leaf.isList ? .array([value]) : value, origin: .commandLine)
    let shown = "\(name): \(leaf.path)=\(value.compactText)"
    do {
      let settings = try entry.settings(from: changed)
      let recipe = try settings.recipe(named: name, for: #require(Self.classes))
      #expect(value == .integer(0) || value == .integer(-1), "\(shown) is accepted")
      let isSigned = Self.signed.contains(leaf.path.split(separator: ".").last.map(String.init) ?? "")
      #expect(value == .integer(0) || isSigned, "\(shown) is accepted")
      for update in recipe.stages.flatMap(\.updates) {
        let factors = [0, 1, 50, 99].map { update.schedule.factor(atStep: $0, stepsPerEpoch: 10, totalSteps: 100) }
        #expect(update.learningRate > 0, "\(shown)")
        #expect(factors.allSatisfy { $0 >= 0 && $0.isFinite }, "\(shown)")
      }
    } catch let error as SettingsError {
      #expect("\(error)".contains(leaf.path), "\(shown): \(error)")
      #expect(leaf.path.hasSuffix("policy.magnitude") || "\(error)".hasPrefix("--set"), "\(shown): \(error)")
    } catch let error as SettingFault {
      Issue.record("\(shown) is found only when the recipe is made: \(error)")
    } catch let error as ObjectiveError {
      // A formula may need values together that a range cannot say.
      #expect("\(error)".contains("must be"), "\(shown): \(error)")
    }
  }

  @Test(arguments: RecipeRegistry.all.map(\.name)) func everyNumberHasARule(name: String) throws {
    let entry = try RecipeRegistry.recipe(named: name)
    var checks = SettingChecks()
    entry.settings.check(&checks)
    #expect(checks.faults.isEmpty, "\(name): \(checks.faults)")
    let without = Self.numbers(of: try entry.settingsTree()).map(\.path).filter { !checks.ruledPaths.contains($0) }
    #expect(without.isEmpty, "\(name): \(without)")
  }

  /// Lists of numbers that are empty in some recipes.
  private static let lists: Set<String> = ["sharedParts", "widths", "fusionSources"]

  /// Paths of numbers and of lists of numbers.
  private static func numbers(of tree: SettingsTree) -> [(path: String, isList: Bool)] {
    tree.leaves.compactMap { path, value, _ in
      switch value {
      case .integer, .number: (path, false)
      case .array(let elements) where !elements.isEmpty && elements.allSatisfy { $0.doubleValue != nil }: (path, true)
      case .array where lists.contains(path.split(separator: ".").last.map(String.init) ?? ""): (path, true)
      default: nil
      }
    }
  }

  @Test(arguments: [
    ("training.length=10", "write '10 epochs' or '10 steps'"), ("retraining.length=0.5", "'0.5 epochs'"),
    ("training.length='0 epochs'", "within 1..."), ("training.length='9223372036854775807 steps'", "within 1..."),
    ("training.length='9223372036854775808 epochs'", "'160 epochs' or '13000 steps'"),
    ("data.imbalanceFactor=0.01", "largest class over those of the smallest"),
    ("model.backbone=resnet23", "did you mean resnet20?"), ("model.normalization.mean=[]", "a list of 3 numbers"),
    ("model.inputSize=1000000", "within 1...4096 pixels"), ("model.inputSize=-4", "within 1...4096 pixels"),
    ("training.augmentation.cropPadding=9223372036854775807", "within 0...16384 pixels"),
    ("training.schedule.steps.factors=[1]", "as many numbers as there are epochs (2)"),
    ("training.optimizer.momentum=1", "at least 0 and below 1"),
    ("data.validationShare=0.1", "chooses nothing by a validation set"), ("training.learningRate=.nan", "above 0"),
  ])
  func messagesNameSettingAndRemedy(assignment: String, expected: String) throws {
    let entry = try RecipeRegistry.recipe(named: "crt/cifar100-lt")
    #expect {
      var tree = try entry.settingsTree()
      try tree.apply(assignment: assignment)
      _ = try entry.settings(from: tree)
    } throws: {
      "\($0)".contains(expected) && "\($0)".contains(assignment.prefix { $0 != "=" })
    }
  }

  /// A program that makes settings itself is told the same.
  @Test func aProgramsSettingsAreCheckedToo() throws {
    let classes = try #require(Self.classes)
    var batch = BalancedSoftmax()
    batch.training.batchSize = .max
    #expect(throws: SettingFault.self) { try batch.recipe(named: "x", for: classes) }
    var factor = LDAM()
    factor.data.imbalanceFactor = 0.5
    #expect(throws: SettingFault.self) { try factor.recipe(named: "x", for: classes) }
    #expect(throws: SettingFault.self) { try LogitAdjustment { $0.tau = -1 }.recipe(named: "x", for: classes) }
    var memory = CrossEntropy()
    (memory.model.inputSize, memory.training.batchSize) = (4096, 1_000_000)
    #expect(throws: SettingFault.self) { try memory.recipe(named: "x", for: classes) }
  }
}
