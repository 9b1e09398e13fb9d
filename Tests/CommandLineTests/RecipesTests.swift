import Foundation
import Longtail
import Testing

@Suite struct RecipesTests {
  @Test func listsAll() throws {
    let result = try Tool.run(["recipes", "list"])
    #expect(result.status == 0)
    try Snapshot.expect(result.output, "recipes-list")
    let json = try Tool.run(["recipes", "list", "--json"]).output
    let recipes = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
    #expect(recipes.map { $0["name"] as? String } == RecipeRegistry.all.map(\.name))
    // Every method and every kind of data is named.
    for name in RecipeRegistry.all.map(\.name) {
      let method = name.prefix { $0 != "/" }
      #expect(
        result.output.contains("\n\(method) ") && result.output.contains("\n\(name.dropFirst(method.count + 1)) "))
    }
  }

  @Test func listsThoseWithAName() throws {
    let own = try Tool.run(["recipes", "list", "/own"])
    #expect(own.status == 0)
    let wanted = RecipeRegistry.all.map(\.name).filter { $0.contains("/own") }
    #expect(wanted.count > 5 && wanted.allSatisfy { own.output.contains("\n\($0) ") })
    #expect(!own.output.contains("cifar100-lt "))
    #expect(try Tool.run(["recipes", "list", "nothing-like-it"]).status == 2)
  }

  @Test func printsTheTableOfMethods() throws {
    let result = try Tool.run(["recipes", "list", "--markdown"])
    #expect(result.status == 0)
    #expect(result.output == MethodTable.markdown + "\n")
    #expect(try Tool.run(["recipes", "list", "--markdown", "--json"]).status == 2)
    #expect(try Tool.run(["recipes", "list", "own", "--markdown"]).status == 2)
  }

  @Test func showsOne() throws {
    let result = try Tool.run(["recipes", "show", "balanced-softmax/cifar100-lt"])
    #expect(result.status == 0)
    try Snapshot.expect(result.output, "recipes-show")
  }

  @Test(arguments: RecipeRegistry.all.map(\.name).filter { $0.hasSuffix("/own") })
  func showsEachMethod(name: String) throws {
    let result = try Tool.run(["recipes", "show", name, "--json"])
    #expect(result.status == 0)
    let json = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(json["name"] as? String == name)
    let paths = try #require(json["paths"] as? [String])
    let stages = try #require(json["stages"] as? [[String: String]])
    #expect(!stages.isEmpty && stages.allSatisfy { $0["name"] != nil && $0["length"] != nil })
    #expect(paths.contains("training.learningRate") && paths.contains("model.backbone"))
  }

  /// What is shown can be kept in a file and handed back.
  @Test func shownSettingsCanBeReadAgain() throws {
    let shown = try Tool.run(["train", "focal/own", "--print-config"]).output
    let file = FileManager.default.temporaryDirectory.appending(path: "longtail-test-\(UUID().uuidString).yaml")
    defer { try? FileManager.default.removeItem(at: file) }
    try shown.write(to: file, atomically: true, encoding: .utf8)
    let again = try Tool.run(["train", "--config", file.path, "--print-config"])
    #expect(again.status == 0)
    func values(_ text: String) -> [String] {
      text.split(separator: "\n").map { $0.split(separator: "#")[0].trimmingCharacters(in: .whitespaces) }
    }
    #expect(values(again.output) == values(shown))
    #expect(again.output.contains(".yaml:"))
  }
}
