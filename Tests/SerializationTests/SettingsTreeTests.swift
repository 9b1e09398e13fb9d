import Foundation
import Serialization
import Testing

@Suite struct SettingsTreeTests {
  private func tree() throws -> SettingsTree { try SettingsTree(defaults: SampleSettings()) }

  private func tree(yaml: String, name: String = "mine.yaml") throws -> SettingsTree {
    let folder = try TemporaryFolder()
    var tree = try tree()
    try tree.apply(SettingsFile(folder.write(yaml, to: name)))
    return tree
  }

  private func tree(set assignments: String...) throws -> SettingsTree {
    var tree = try tree()
    for assignment in assignments { try tree.apply(assignment: assignment) }
    return tree
  }

  private func message(_ body: () throws -> Void) throws -> String {
    let error = #expect(throws: SettingsError.self) { try body() }
    return try #require(error).description
  }

  // MARK: Values

  @Test func defaultsComeBackUnchanged() throws {
    #expect(try tree().decode(SampleSettings.self) == SampleSettings())
  }

  @Test func everyKeyIsKnownInItsOrder() throws {
    #expect(
      try tree().value.objectValue?.keys == [
        "batchSize", "name", "augmentation", "optimizer", "mixup", "teacher", "drops", "widths", "classWeights",
        "length",
      ])
    #expect(try tree().value.objectValue?["mixup"] == .null)
  }

  @Test func commandLineOverFileOverDefaults() throws {
    let folder = try TemporaryFolder()
    var tree = try tree()
    let file = try folder.write("batchSize: 64\noptimizer:\n  learningRate: 0.2\n  nesterov: true\n", to: "a.yaml")
    try tree.apply(SettingsFile(file))
    try tree.apply(assignment: "optimizer.learningRate=0.4")
    let settings = try tree.decode(SampleSettings.self)
    #expect(settings.batchSize == 64)
    #expect(settings.optimizer == .init(learningRate: 0.4, nesterov: true))
    #expect(tree.origin(of: "batchSize") == .file(file, line: 1))
    #expect(tree.origin(of: "optimizer.nesterov") == .file(file, line: 4))
    #expect(tree.origin(of: "optimizer.learningRate") == .commandLine)
    #expect(tree.origin(of: "name") == .recipeDefault)
  }

  @Test func optionalGroupsListsDictionariesAndEnums() throws {
    let settings = try tree(
      set: "mixup.alpha=1", "mixup.probability=0.5", "teacher=runs/a", "widths=[8, 16]", "augmentation=strong",
      "drops=[{epoch: 3, factor: 1e-1}]", "classWeights={cat: 2, \"a dog\": 0.5}", "length={steps: {count: 90}}"
    ).decode(SampleSettings.self)
    #expect(settings.mixup == .init(alpha: 1, probability: 0.5))
    #expect(settings.teacher == "runs/a")
    #expect(settings.widths == [8, 16])
    #expect(settings.augmentation == .strong)
    #expect(settings.drops == [.init(epoch: 3, factor: 0.1)])
    #expect(settings.classWeights == ["cat": 2, "a dog": 0.5])
    #expect(settings.length == .steps(count: 90))
    #expect(try tree(set: "mixup={alpha: 1, probability: 1}", "mixup=null").decode(SampleSettings.self).mixup == nil)
    #expect(try tree(set: "length.epochs.count=7").decode(SampleSettings.self).length == .epochs(count: 7))
  }

  /// The core schema of YAML 1.2, where the older one surprises.
  @Test(arguments: [
    ("no", "no"), ("on", "on"), ("12:30", "12:30"), ("\"010\"", "010"), ("'a # b'", "a # b"),
    ("runs/a-1.2_x", "runs/a-1.2_x"),
  ])
  func textStaysText(yaml: String, expected: String) throws {
    #expect(try tree(set: "name=\(yaml)").decode(SampleSettings.self).name == expected)
    #expect(try tree(yaml: "name: \(yaml)").decode(SampleSettings.self).name == expected)
  }

  @Test(arguments: [
    ("1e-4", 1e-4), ("1E3", 1000), (".5", 0.5), ("5.", 5), ("010", 10), ("-3", -3), ("0x10", 16), (".inf", .infinity),
  ])
  func numbers(yaml: String, expected: Double) throws {
    #expect(
      try tree(yaml: "optimizer: {learningRate: \(yaml)}").decode(SampleSettings.self).optimizer.learningRate
        == expected)
  }

  // MARK: Unknown keys

  @Test(arguments: [
    ("batchsize=1", "'batchsize'; did you mean 'batchSize'?"),
    ("batch_size=1", "did you mean 'batchSize'?"),
    ("optimizer.learningrat=1", "'optimizer.learningrat'; did you mean 'optimizer.learningRate'?"),
    ("optimizer.lr=1", "did you mean 'optimizer.learningRate'?"),
    ("wd=1", "did you mean 'optimizer.weightDecay'?"),
    ("weightDecay=1", "did you mean 'optimizer.weightDecay'?"),
    ("zzz=1", "known at this place: batchSize, name, augmentation"),
    ("mixup={alfa: 1, probability: 1}", "'mixup.alpha': it is missing"),
    ("mixup={alpha: 1, probability: 1, alfa: 2}", "'mixup.alfa'; did you mean 'mixup.alpha'?"),
    ("drops=[{epoch: 1, factor: 1, factr: 2}]", "'drops[0].factr'; did you mean 'drops[0].factor'?"),
    ("length={epoch: {count: 3}}", "'length': expected the key of one case, found epoch"),
  ])
  func unknownKeysNameTheNearest(assignment: String, expected: String) throws {
    let text = try message { _ = try tree(set: assignment).decode(SampleSettings.self) }
    #expect(text.hasPrefix("--set: "), "\(text)")
    #expect(text.contains(expected), "\(text)")
  }

  @Test func unknownKeysInFilesNameTheLine() throws {
    let text = try message { _ = try tree(yaml: "\n# a comment\noptimizer:\n  momentun: 0.5\n") }
    #expect(text.hasSuffix("mine.yaml:4: unknown setting 'optimizer.momentun'; did you mean 'optimizer.momentum'?"))
  }

  @Test func aFailedChangeChangesNothing() throws {
    var tree = try tree()
    #expect(throws: SettingsError.self) { try tree.apply(assignment: "optimizer={learningRate: 9, x: 1}") }
    #expect(try tree.decode(SampleSettings.self) == SampleSettings())
  }

  // MARK: Wrong values

  @Test(arguments: [
    ("batchSize=many", "'batchSize': expected an integer, found the text \"many\""),
    ("batchSize=1.5", "expected an integer, found the number 1.5"),
    ("name=5", "expected text (put it in quotes), found the integer 5"),
    ("optimizer.nesterov=yes", "'optimizer.nesterov': expected true or false, found the text \"yes\""),
    ("optimizer=5", "expected a group of keys (learningRate, momentum, nesterov, weightDecay), found the integer 5"),
    ("batchSize={a: 1}", "expected a value such as 128, found a group of keys"),
    ("widths=[1, two]", "'widths[1]': expected an integer, found the text \"two\""),
    ("widths=16", "expected a list, found the integer 16"),
    (
      "augmentation=stronk",
      "expected one of none, cropAndFlip, strong, found the text \"stronk\"; did you mean strong?"
    ),
    ("batchSize=null", "expected an integer, found null"),
    ("drops=[{epoch: 1}]", "'drops[0].factor': it is missing"),
    ("teacher=[a]", "expected text (put it in quotes), found a list of 1"),
  ])
  func wrongValuesNameTypeAndOrigin(assignment: String, expected: String) throws {
    let text = try message { _ = try tree(set: assignment).decode(SampleSettings.self) }
    #expect(text.hasPrefix("--set: setting '"), "\(text)")
    #expect(text.contains(expected), "\(text)")
  }

  @Test(arguments: ["batchSize", "=5", "a..b=5", "batchSize=", "batchSize= ", "name=[", "name=*x"])
  func malformedAssignments(text: String) throws {
    let message = try message { _ = try tree(set: text) }
    #expect(message.hasPrefix("--set \(text): "), "\(message)")
  }

  // MARK: Files

  @Test(arguments: [
    ("a: [1\nb: 2", ":2: not valid YAML"), ("batchSize: 1\nbatchSize: 2", "'batchSize' stands twice"),
    ("- 1\n- 2", ":1: expected 'name: value' lines"), ("just text", "expected 'name: value' lines"),
    ("base: 7", "'base' must be text, found the integer 7"), ("{[1]: 2}", "a key must be text"),
    ("base: missing.yaml", "missing.yaml: cannot be read: there is no such file"),
    ("batchSize: 1\n---\nbatchSize: 2", "not valid YAML"),
  ])
  func malformedFiles(yaml: String, expected: String) throws {
    let text = try message { _ = try tree(yaml: yaml) }
    #expect(text.contains(expected), "\(text)")
  }

  @Test func emptyFilesAreFine() throws {
    #expect(try tree(yaml: "").value == tree().value)
    #expect(try tree(yaml: "# nothing\n").value == tree().value)
  }

  @Test func aByteOrderMarkIsNoKey() throws {
    #expect(try tree(yaml: "\u{FEFF}batchSize: 64\n").value(at: "batchSize") == .integer(64))
    #expect(try tree(yaml: "\u{FEFF}").value == tree().value)
    #expect(try message { _ = try tree(yaml: "\u{FEFF}bachSize: 64\n") }.contains("'batchSize'"))
  }

  /// A million keys are refused by their size, before they are looked at.
  @Test(.timeLimit(.minutes(2))) func hugeFilesAreRefusedAtOnce() throws {
    let keys = (0..<1_000_000).map { "key\($0): 1\n" }.joined()
    #expect(try message { _ = try tree(yaml: keys) }.contains("settings have at most 262144"))
    let allowed = (0..<20_000).map { "k\($0): 1\n" }.joined()
    #expect(try message { _ = try tree(yaml: allowed) }.contains("unknown setting 'k0'"))
    #expect(try message { _ = try tree(yaml: String(repeating: "[", count: 200_000)) }.contains("not valid YAML"))
  }

  @Test func aliasesCannotExplode() throws {
    var yaml = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
    for level in 1...6 {
      yaml += "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ") + "]\n"
    }
    #expect(try message { _ = try tree(yaml: yaml) }.contains("more than 100,000 values"))
  }

  @Test func aBaseIsReadFirst() throws {
    let folder = try TemporaryFolder()
    let base = try folder.write("recipe: plain/cifar\nbatchSize: 64\nname: base\n", to: "base.yaml")
    let file = try SettingsFile(folder.write("base: base.yaml\nname: mine\n", to: "mine.yaml"))
    var tree = try tree()
    try tree.apply(file)
    #expect(file.recipe == "plain/cifar")
    #expect(try tree.decode(SampleSettings.self).batchSize == 64)
    #expect(try tree.decode(SampleSettings.self).name == "mine")
    #expect(tree.origin(of: "batchSize") == .file(base, line: 2))
  }

  @Test func aBaseHasNoBase() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("base: c.yaml", to: "b.yaml")
    let path = try folder.write("name: x\nbase: b.yaml", to: "a.yaml")
    let text = try message { _ = try SettingsFile(path) }
    #expect(text == "\(path):2: its base \(folder.file("b.yaml")) has a base itself; one level is allowed")
  }

  @Test func reservedNamesAreRefused() {
    struct Bad: Encodable { var base = 1 }
    #expect(throws: SettingsError.self) { try SettingsTree(defaults: Bad()) }
    #expect(throws: SettingsError.self) { try SettingsTree(defaults: [1, 2]) }
  }

  // MARK: Text

  @Test func showsOrigins() throws {
    var tree = try tree(yaml: "optimizer:\n  learningRate: 0.2\n")
    try tree.apply(assignment: "mixup={alpha: 1, probability: 0.5}")
    let lines = tree.text(recipe: "plain/cifar").split(separator: "\n").map(String.init)
    #expect(lines[0] == "recipe: plain/cifar")
    #expect(lines[1] == "batchSize: 128             # recipe default")
    #expect(lines[4] == "optimizer:")
    #expect(lines[5].hasPrefix("  learningRate: 0.2        # /"))
    #expect(lines[5].hasSuffix("mine.yaml:2"))
    #expect(lines[10] == "  alpha: 1                 # --set")
  }

  @Test func savedTextGivesTheSameTree() throws {
    let folder = try TemporaryFolder()
    var tree = try tree(
      set: "mixup={alpha: 1, probability: .inf}", "teacher='null'", "name=\"a: 'b' # c\\n\\t\\\"d\\\" é😀\"",
      "classWeights={\"yes\": 1, \"a b\": 2.0, \"5\": -1e-30, \"x: y\": 3}", "drops=[]", "optimizer.momentum=0.1",
      "length={steps: {count: 5}}")
    let path = folder.file("recipe.yaml")
    try AtomicFile.write(tree.text(recipe: "a/b"), to: path)
    var again = try self.tree()
    let file = try SettingsFile(path)
    try again.apply(file)
    #expect(file.recipe == "a/b")
    #expect(again.value == tree.value)
    #expect(try again.decode(SampleSettings.self) == tree.decode(SampleSettings.self))
    // Texts that would read as something else.
    for text in [
      "", "~", "true", "1", "1e5", ".nan", "-", "- a", "a: b", "#a", "a #b", " a", "a ", "[a", "{a", "!a", "&a", "*a",
      "%a", "@a", "`a", "null", "a\nb", "?", "|", ">", "0x1F", "no", "a:", "...", "---",
    ] {
      tree = try SettingsTree(defaults: ["text": text])
      try AtomicFile.write(tree.text(), to: path)
      again = try SettingsTree(defaults: ["text": "other"])
      try again.apply(SettingsFile(path))
      #expect(again.value == tree.value, "\(text)")
    }
  }
}
