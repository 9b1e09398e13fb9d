import Testing

@Suite struct HelpTests {
  @Test(arguments: [
    "", "demo", "train", "compare", "eval", "predict", "recipes", "recipes list", "recipes show", "models",
    "models list", "models show", "models import", "data", "data inspect", "data check",
    "data make-longtail", "data augment", "runs", "runs list", "runs show", "runs compare", "runs report",
    "analyze", "analyze bias-variance", "analyze routing", "doctor",
  ])
  func everyCommandExplainsItself(command: String) throws {
    let words = command.split(separator: " ").map(String.init)
    let result = try Tool.run(words + ["--help"])
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    try Snapshot.expect(result.output, (["help"] + words).joined(separator: "-"))
  }

  @Test func saysItsVersion() throws {
    let result = try Tool.run(["--version"])
    #expect(result.status == 0)
    #expect(result.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func writesCompletions(shell: String) throws {
    let result = try Tool.run(["--generate-completion-script", shell])
    #expect(result.status == 0)
    for word in ["make-longtail", "doctor", "hold-out"] { #expect(result.output.contains(word), "\(shell): \(word)") }
  }
}
