import Foundation
import Longtail
import LongtailTestSupport
import Serialization
import Testing

@Suite struct ModelsTests {
  @Test func listsAll() throws {
    let result = try Tool.run(["models", "list"])
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    try Snapshot.expect(result.output, "models-list")
    let json = try Tool.run(["models", "list", "--json", "--classes", "100"]).output
    let models = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
    #expect(models.map { $0["name"] as? String } == BackboneRegistry.all.map(\.name))
    let first = try #require(models.first { $0["name"] as? String == "resnet32" })
    #expect(first["parameters"] as? Int == 470_004 && first["multiplyAccumulates"] as? Int == 68_868_352)
  }

  /// Transformers take multiples of their patch only.
  @Test func listsForOtherSizes() throws {
    let result = try Tool.run(["models", "list", "--input-size", "200"])
    #expect(result.status == 0)
    #expect(result.errors.contains("not for this input size: vit_tiny_patch16_224"))
    #expect(!result.output.contains("vit_tiny") && result.output.contains("resnet50"))
    #expect(try Tool.run(["models", "list", "--input-size", "0"]).status == 2)
    #expect(try Tool.run(["models", "list", "--classes", "0"]).status == 2)
  }

  @Test(arguments: ["resnet50", "deit_base_distilled_patch16_224"])
  func shows(name: String) throws {
    let result = try Tool.run(["models", "show", name])
    #expect(result.status == 0)
    try Snapshot.expect(result.output, "models-show-\(name)")
  }

  @Test func showsKeys() throws {
    let result = try Tool.run(["models", "show", "resnet18", "--keys", "--classes", "7"])
    #expect(result.status == 0)
    #expect(result.output.contains("\nlayer4.1.conv2.weight") && result.output.contains("512 x 512 x 3 x 3"))
    #expect(result.output.contains("7 x 512\n"))
    let json = try Tool.run(["models", "show", "resnet18", "--keys", "--json"]).output
    let details = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect((details["tensors"] as? [Any])?.count == 122)
  }

  @Test func refusesWhatDoesNotFit() throws {
    let unknown = try Tool.run(["models", "show", "resnet51"])
    #expect(unknown.status == 2 && unknown.errors.contains("unknown backbone 'resnet51'; choose one of resnet20,"))
    let size = try Tool.run(["models", "show", "deit_tiny_patch16_224", "--input-size", "100"])
    #expect(size.status == 2 && size.errors.contains("multiples of 16, but 100 by 100 pixels came"))
  }

  /// Writes the weights of a network of the registry as another program might.
  private func write(_ model: ImageClassifier, prefix: String, to path: String, leaving: Set<String> = []) throws {
    let state = model.state.filter { !leaving.contains($0.name) }
    try SafetensorsWriter.write(to: path, tensors: state.map { $0.tensor.layout(named: prefix + $0.name) }) {
      index, output in
      try state[index].tensor.detached().withHostBytes { try output($0) }
    }
  }

  @Test func importsAndTrainsFromWhatFits() throws {
    try withTemporaryFolder { folder in
      let model = try BackboneRegistry.backbone(named: "resnet20").classifier(head: .linear, classes: 4, seed: 3)
      let theirs = folder.appending(path: "theirs.safetensors").path
      try write(model, prefix: "module.backbone.", to: theirs)
      let arguments = ["models", "import", "theirs.safetensors", "--as", "resnet20", "--out", "ours.safetensors"]
      let result = try Tool.run(arguments, in: folder)
      #expect(result.status == 0, "\(result.errors)")
      try Snapshot.expect(result.output, "models-import")
      let again = try Tool.run(arguments, in: folder)
      #expect(again.status == 2 && again.errors.contains("already exists"))
      let json = try Tool.run(
        ["models", "import", "theirs.safetensors", "--as", "resnet20", "--classes", "7", "--json"], in: folder)
      let parsed = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
      #expect(parsed["hasBackbone"] as? Bool == true && parsed["classes"] as? Int == 7)
      #expect((parsed["report"] as? [String: Any])?["newHead"] as? [String] == ["linear.weight", "linear.bias"])
      let trained = try Tool.run(
        [
          "train", "cross-entropy/synthetic", "--data", "synthetic", "--weights", "ours.safetensors", "--out", "run",
          "--set", "model.backbone=resnet20", "--set", "training.length='1 steps'", "--set", "training.warmupEpochs=0",
        ], in: folder)
      #expect(trained.status == 0, "\(trained.errors)")
      #expect(trained.errors.contains("fit resnet20; the head is initialised at random"))
    }
  }

  @Test func saysWhatIsMissing() throws {
    try withTemporaryFolder { folder in
      let model = try BackboneRegistry.backbone(named: "resnet20").classifier(head: .linear, classes: 4, seed: 3)
      try write(
        model, prefix: "", to: folder.appending(path: "part.safetensors").path, leaving: ["layer3.2.conv2.weight"])
      let arguments = ["models", "import", "part.safetensors", "--as", "resnet20"]
      let result = try Tool.run(arguments, in: folder)
      #expect(result.status == 0)
      try Snapshot.expect(result.output, "models-import-missing")
      let written = try Tool.run(arguments + ["--out", "ours.safetensors"], in: folder)
      #expect(written.status == 2 && written.errors.contains("1 missing: layer3.2.conv2.weight"))
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "ours.safetensors").path))
      let other = try Tool.run(["models", "import", "part.safetensors", "--as", "deit_tiny_patch16_224"], in: folder)
      #expect(other.status == 2 && other.output.isEmpty)
      try Snapshot.expect(other.errors, "error-models-import-nothing")
      try write(model, prefix: "", to: folder.appending(path: "whole.safetensors").path, leaving: [])
      let named = try Tool.run(["models", "import", "whole.safetensors", "--as", "deit_tiny_patch16_224"], in: folder)
      #expect(named.status == 2 && named.errors.contains("they are the weights of resnet20: --as resnet20"))
    }
  }
}
