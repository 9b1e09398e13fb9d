import LongtailTestSupport
import Testing
import Torch

/// Errors name the operator, its arguments and the reason.
@Suite struct OperationErrorTests {
  private func expectFailure(
    _ parts: [String], sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Tensor
  ) throws {
    let error = #expect(throws: TorchError.self, sourceLocation: sourceLocation) { _ = try body() }
    let text = error.map { "\($0)" } ?? ""
    for part in parts {
      #expect(text.contains(part), "'\(part)' is not in '\(text)'", sourceLocation: sourceLocation)
    }
  }

  @Test func shapesAreNamed() throws {
    let (wide, tall) = (try Tensor.zeros([2, 3]), try Tensor.zeros([4, 5], dtype: .float64))
    try expectFailure(["aten::add.Tensor", "float32[2, 3]", "float64[4, 5]", "must match"]) { try wide + tall }
    try expectFailure(["aten::matmul", "float32[2, 3]"]) { try wide.matrixProduct(wide) }
    try expectFailure(["aten::reshape", "float32[2, 3]", "[7]"]) { try wide.reshaped([7]) }
    try expectFailure(["aten::cat", "2 tensors"]) { try Tensor.concatenation([wide, Tensor.zeros([2, 2, 2])]) }
    try expectFailure(["aten::conv2d", "float32[1, 3, 8, 8]", "float32[16, 4, 3, 3]"]) {
      try Tensor.zeros([1, 3, 8, 8]).convolved(with: Tensor.zeros([16, 4, 3, 3]))
    }
    try expectFailure(["aten::narrow"]) { try wide.narrowed(axis: 0, start: 1, count: 4) }
    try expectFailure(["aten::permute", "[0, 0]"]) { try wide.permuted([0, 0]) }
    try expectFailure(["aten::topk", "9"]) { try wide.top(9).values }
    try expectFailure(["aten::view"]) { try wide.transposed().viewed([6]) }
    try expectFailure(["tensor from bytes", "int64[3]", "24 bytes, but 16 came"]) { try Tensor([1, 2], shape: [3]) }
    try expectFailure(["tensor from bytes", "[-1]"]) { try Tensor([1, 2], shape: [-1]) }
    try expectFailure(["aten::zeros", "[-2]"]) { try Tensor.zeros([-2]) }
  }

  @Test func typesAndIndicesAreNamed() throws {
    let whole = try Tensor([1, 2, 3])
    try expectFailure(["aten::bitwise_xor", "float32[3]"]) { try whole.bitwiseXor(Tensor.zeros([3])) }
    try expectFailure(["aten::mean", "int64[3]"]) { try whole.mean() }
    try expectFailure(["aten::index_select", "out of range"]) { try whole.entries(at: Tensor([5])) }
    try expectFailure(["aten::index_select"]) { try whole.entries(at: Tensor([-1])) }
    try expectFailure(["aten::cross_entropy_loss", "float32[1, 3]", "out of bounds"]) {
      try Tensor.zeros([1, 3]).crossEntropy(Tensor([3]))
    }
    try expectFailure(["aten::one_hot"]) { try whole.oneHot(classes: 3) }
    #expect(throws: TorchError.elementType(function: "values(as:)", expected: "float64", actual: "int64")) {
      try whole.values(as: Double.self)
    }
    #expect(throws: TorchError.shape(function: "item", expected: "one element", actual: "[3]")) { try whole.item() }
  }

  @Test func gradientsOfWhatIsNotRecordedAreRefused() throws {
    let plain = try Tensor([1.0, 2])
    #expect(throws: TorchError.self) { try plain.sum().backward() }
    #expect(throws: TorchError.self) { try Tensor([1, 2]).requiringGradient() }
    let leaf = try Tensor([1.0, 2]).requiringGradient()
    #expect(throws: TorchError.self) { try leaf.backward() }
    #expect(throws: TorchError.self) { try leaf.add(1) }
    let other = try Tensor([1.0]).requiringGradient()
    #expect(throws: TorchError.self) { try gradients(of: [leaf.sum()], withRespectTo: [other]) }
    #expect(try gradients(of: [leaf.sum()], withRespectTo: [other], allowUnused: true)[0] == nil)
    let error = #expect(throws: TorchError.self) {
      try gradients(of: [leaf * 2.0], withRespectTo: [leaf], weights: [plain, plain])
    }
    #expect("\(try #require(error))".contains("1 weights, one per output"))
  }

  /// A failure does not affect later calls.
  @Test func laterCallsSucceedAfterAFailure() throws {
    let tensor = try Tensor([1.0, 2])
    for _ in 0..<50 {
      #expect(throws: TorchError.self) { try tensor + Tensor([1.0, 2, 3]) }
      #expect(try (tensor + tensor).doubles() == [2, 4])
    }
  }

  @Test func unknownDevicesAreNamed() throws {
    for name in ["", "gpu", "CPU", "cuda0", "cuda:", "cuda:x", "cuda:-1", "cpu:1", "mps:0"] {
      let error = #expect(throws: TorchError.self) { try Device(named: name) }
      let text = error.map { "\($0)" } ?? ""
      #expect(text.contains("'\(name)'"), "\(text)")
      #expect(text.contains("cpu"), "\(text)")
    }
    #expect(try Device(named: "cpu") == .cpu)
    #expect(try Device(named: "auto") == .bestAvailable)
    let error = #expect(throws: TorchError.self) { try Device(named: "cuda:1000") }
    #expect(error.map { "\($0)" }?.hasPrefix("device cuda:1000 cannot be used: ") == true)
    #expect(Device.cpu.description == "cpu")
    #expect(Device.cuda(2).description == "cuda:2")
    try Device.cpu.synchronize()
  }
}
