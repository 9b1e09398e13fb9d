import LongtailTestSupport
import Testing
import Torch

/// Gradient mode and autocast, which are states of a thread.
@Suite struct ScopeTests {
  private struct Interruption: Error {}

  @Test func gradientScopesNestAndRestore() throws {
    let leaf = try Tensor([1.0]).requiringGradient()
    #expect(gradientsAreRecorded)
    try withoutGradients { () throws in
      #expect(!gradientsAreRecorded)
      #expect(try !(leaf * 2.0).requiresGradient)
      try withGradients(true) { () throws in
        #expect(gradientsAreRecorded)
        #expect(try (leaf * 2.0).requiresGradient)
      }
      #expect(!gradientsAreRecorded)
    }
    #expect(gradientsAreRecorded)
  }

  @Test func gradientScopesRestoreAfterErrors() throws {
    #expect(throws: Interruption.self) { try withoutGradients { throw Interruption() } }
    #expect(gradientsAreRecorded)
    try withoutGradients { () throws in
      #expect(throws: Interruption.self) { try withGradients(true) { throw Interruption() } }
      #expect(!gradientsAreRecorded)
    }
    #expect(gradientsAreRecorded)
  }

  @Test func autocastGivesHalfPrecision() throws {
    let (images, weight) = (try Tensor.ones([1, 3, 4, 4]), try Tensor.ones([2, 3, 3, 3]).requiringGradient())
    try withAutocast(.bfloat16, on: .cpu) { () throws in
      #expect(try images.convolved(with: weight).dtype == .bfloat16)
      #expect(try Tensor.ones([2, 3]).linear(weight: Tensor.ones([4, 3])).dtype == .bfloat16)
      #expect(try Tensor.ones([2, 3]).matrixProduct(Tensor.ones([3, 2])).dtype == .bfloat16)
      // Losses stay in single precision.
      #expect(try Tensor.ones([2, 3]).to(.bfloat16).to(.float32).crossEntropy(Tensor([0, 1])).dtype == .float32)
    }
    let full = try images.convolved(with: weight)
    #expect(full.dtype == .float32)
    try withAutocast(nil, on: .cpu) { () throws in #expect(try images.convolved(with: weight).dtype == .float32) }
    // The parameter's gradient has the parameter's type.
    let loss = try withAutocast(.bfloat16, on: .cpu) { try images.convolved(with: weight) }.to(.float32).sum()
    try loss.backward()
    #expect(weight.gradient?.dtype == .float32)
    #expect(try weight.gradient?.doubles() == Array(repeating: 4, count: 54))
  }

  @Test func autocastRestoresAfterErrors() throws {
    let (left, right) = (try Tensor.ones([2, 3]), try Tensor.ones([3, 2]))
    #expect(throws: Interruption.self) { try withAutocast(.bfloat16, on: .cpu) { throw Interruption() } }
    #expect(try left.matrixProduct(right).dtype == .float32)
    try withAutocast(.bfloat16, on: .cpu) { () throws in
      #expect(throws: Interruption.self) { try withAutocast(.float16, on: .cpu) { throw Interruption() } }
      #expect(try left.matrixProduct(right).dtype == .bfloat16)
    }
    #expect(try left.matrixProduct(right).dtype == .float32)
  }

  /// A weight is cast once in a scope; after the scope its new values must be seen.
  @Test func autocastClearsItsCacheOfWeights() throws {
    let weight = try Tensor.ones([2, 3]).requiringGradient()
    let input = try Tensor.ones([1, 3])
    func sum() throws -> Double {
      try withAutocast(.bfloat16, on: .cpu) { try input.linear(weight: weight) }.to(.float32).sum().item()
    }
    #expect(try sum() == 6)
    try withoutGradients { try weight.multiply(by: 2) }
    #expect(try sum() == 12)
  }
}
