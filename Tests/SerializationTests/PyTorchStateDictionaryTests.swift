import Foundation
import Serialization
import Testing

@Suite struct PyTorchStateDictionaryTests {
  @Test func readsAStateDictionary() throws {
    let file = try PyTorchStateDictionary(fixture("state-dictionary.pth"))
    let names = [
      "conv1.weight", "bn1.weight", "bn1.bias", "bn1.running_mean", "bn1.running_var", "bn1.num_batches_tracked",
      "linear.weight", "linear.bias",
    ]
    #expect(try file.keys() == names)
    #expect(try file.weightsPosition() == [])
    let weights = try file.weights()
    #expect(weights.map(\.name) == names)
    #expect(weights[0].shape == [2, 3, 3, 3])
    #expect(weights[0].doubleValues == (0..<54).map { Double($0) / 8 })
    #expect(weights[5].elementType == .int64)
    #expect(weights[5].shape == [])
    #expect(weights[6].doubleValues == (0..<6).map { Double($0) / 8 })
  }

  @Test func readsANestedCheckpoint() throws {
    let file = try PyTorchStateDictionary(fixture("training.pth"))
    #expect(try file.weightsPosition() == ["state_dict"])
    #expect(try file.tensors(at: ["state_dict"]).map(\.name) == ["module.weight", "module.bias"])
    let weights = try file.weights()
    #expect(weights.map(\.name) == ["weight", "bias"])
    #expect(weights[0].doubleValues == [0, 1, 2, 3])
    #expect(try file.keys(at: ["optimizer"]) == ["state", "param_groups"])
    // The keys of the optimizer's state are integers; the gradient of a sum with inputs of 1 is 1.
    #expect(try file.tensor(at: ["optimizer", "state", "0", "momentum_buffer"]).doubleValues == [1, 1, 1, 1])
  }

  @Test func readsPlainValues() throws {
    let file = try PyTorchStateDictionary(fixture("training.pth"))
    #expect(try file.scalar(at: ["epoch"]) == .integer(7))
    #expect(try file.scalar(at: ["best"]) == .number(0.5))
    #expect(try file.scalar(at: ["name"]) == .string("réseau"))
    #expect(try file.scalar(at: ["finished"]) == .bool(false))
    #expect(try file.scalar(at: ["nothing"]) == PyTorchScalar.none)
    #expect(try file.scalar(at: ["minus"]) == .integer(-300))
    #expect(try file.scalar(at: ["seed"]) == .string("0x008000000000000005"))
    #expect(try file.scalar(at: ["device"]) == .string("cpu"))
    #expect(try file.scalar(at: ["state_dict"]) == nil)
    let error = #expect(throws: SerializationError.self) { try file.scalar(at: ["epochs"]) }
    #expect(error?.description.contains("no 'epochs' in the outermost value; its keys: 'epoch', 'best'") == true)
  }

  @Test func readsEveryTypeAndLayout() throws {
    let file = try PyTorchStateDictionary(fixture("kinds.pth"))
    let tensors = try file.tensors()
    #expect(tensors.map(\.name) == Kinds.values.map(\.name))
    for (tensor, expected) in zip(tensors, Kinds.values) {
      #expect(tensor.elementType.rawValue == expected.type)
      #expect(tensor.shape == expected.shape)
      #expect(tensor.doubleValues == expected.values, "\(tensor.name)")
    }
  }

  @Test(arguments: [3, 4])
  func readsLaterProtocols(version: Int) throws {
    let file = try PyTorchStateDictionary(fixture("protocol-\(version).pth"))
    #expect(try file.tensor(at: ["weight"]).doubleValues == [0, 1, 2, 3])
  }

  @Test(arguments: [
    ("hostile-system.pth", "posix.system"), ("hostile-eval.pth", "__builtin__.eval"),
    ("hostile-nested.pth", "posix.system"), ("hostile-stack-global.pth", "posix.system"),
    ("hostile-getattr.pth", "__builtin__.getattr"), ("hostile-inst-2.pth", "os.system"),
    ("hostile-inst.pth", "pickle operation 0x53"), ("hostile-storage-call.pth", "a call of torch.FloatStorage"),
    ("hostile-build.pth", "a state for a list"), ("whole-module.pth", "torch.nn.modules.linear.Linear"),
  ])
  func refusesByNameAndRunsNothing(name: String, refused: String) throws {
    let path = fixture(name)
    let error = #expect(throws: SerializationError.self) { try PyTorchStateDictionary(path) }
    #expect(error?.description.hasPrefix("\(path): refused \(refused)") == true, "\(String(describing: error))")
    // What the hostile files would make in the working folder.
    #expect(!FileManager.default.fileExists(atPath: "pickle-was-executed"))
  }

  @Test func tellsHowToSaveOldFilesAnew() {
    let error = #expect(throws: SerializationError.self) { try PyTorchStateDictionary(fixture("legacy.pth")) }
    #expect(error?.description.contains("torch.save(torch.load(\"old.pth\", weights_only=True), \"new.pth\")") == true)
    let program = #expect(throws: SerializationError.self) { try PyTorchStateDictionary(fixture("program.pt")) }
    #expect(program?.description.contains("TorchScript") == true)
  }

  @Test func refusesOtherFiles() throws {
    let folder = try TemporaryFolder()
    for bytes: [UInt8] in [[], [1], Array("PK\u{3}\u{4}".utf8), Array("hello, this is text".utf8)] {
      let path = try folder.write(bytes, to: "other.pth")
      #expect(throws: SerializationError.self) { try PyTorchStateDictionary(path) }
    }
  }

  @Test func asksWhichWeightsWhenThereAreTwoSets() throws {
    let file = try PyTorchStateDictionary(fixture("two-sets.pth"))
    let error = #expect(throws: SerializationError.self) { try file.weights() }
    #expect(
      error?.description.hasSuffix(
        "several sets of weights were found; name the key that holds them, one of: 'model', 'state_dict'") == true)
    #expect(try file.tensors(at: ["state_dict"]).first?.doubleValues == [0, 1, 2])
  }

  @Test func refusesATensorFarLargerThanItsFile() throws {
    let file = try PyTorchStateDictionary(fixture("expanded.pth"))
    let error = #expect(throws: SerializationError.self) { try file.tensors() }
    #expect(error?.description.contains("tensor 'weight': it would need 40000000000 bytes") == true)
  }

  @Test func namesAPlaceThatIsNoDictionary() throws {
    let file = try PyTorchStateDictionary(fixture("kinds.pth"))
    let error = #expect(throws: SerializationError.self) { try file.tensors(at: ["base"]) }
    #expect(error?.description.contains("'base' must be a dictionary, it is a tensor") == true)
  }

  /// Any damage is an error or harmless; it never traps.
  @Test(arguments: ["kinds.pth", "training.pth", "protocol-4.pth"])
  func survivesDamage(name: String) throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    let folder = try TemporaryFolder()
    let original = try contents(of: fixture(name))
    var refused = 0
    for _ in 0..<400 {
      let path = try folder.write(damaged(original, using: &generator), to: "damaged.pth")
      do {
        for tensor in try PyTorchStateDictionary(path).weights() { _ = tensor.doubleValues }
      } catch is SerializationError { refused += 1 }
    }
    #expect(refused > 100, "seed \(seed)")
  }
}
