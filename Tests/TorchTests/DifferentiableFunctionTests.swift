import LongtailTestSupport
import Synchronization
import Testing
import Torch

/// Functions with their own backward pass.
@Suite struct DifferentiableFunctionTests {
  /// `a^2 b` and `a b`, with both derivatives by hand.
  private static let products = DifferentiableFunction("products", isTwiceDifferentiable: true) { inputs in
    [try inputs[0] * inputs[0] * inputs[1], try inputs[0] * inputs[1]]
  } backward: { gradients, saved in
    let (a, b) = (saved[0], saved[1])
    let zero = try a.zerosLike()
    let (first, second) = (gradients[0] ?? zero, gradients[1] ?? zero)
    return [try first * a * b * 2.0 + second * b, try first * a * a + second * a]
  }

  private static let once = DifferentiableFunction("cube once", isTwiceDifferentiable: false) { inputs in
    [try inputs[0].power(3)]
  } backward: { gradients, saved in
    [try gradients[0].map { try $0 * saved[0] * saved[0] * 3.0 }]
  }

  @Test func gradientsEqualDifferences() throws {
    let inputs: [(values: [Double], shape: [Int])] = [([1.5, -2, 0.5], [3]), ([2, 3, -1], [3])]
    try expectGradients("both outputs", of: inputs) { inputs in
      let results = try Self.products(inputs)
      return try results[0] + results[1] * 0.3
    }
    try expectGradients("first output", of: inputs) { try Self.products($0)[0] }
    try expectGradients("second output", of: inputs) { try Self.products($0)[1] }
    try expectGradients("once", of: [inputs[0]], isTwiceDifferentiable: false) { try Self.once($0)[0] }
  }

  @Test func secondDerivativesAreRefusedWhereThereAreNone() throws {
    let leaf = try Tensor([2.0]).requiringGradient()
    let value = try Self.once([leaf])[0].sum()
    let error = #expect(throws: TorchError.self) {
      try gradients(of: [value], withRespectTo: [leaf], createGraph: true)
    }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains("cube once"), "\(text)")
    #expect(text.contains("no second derivative"), "\(text)")
    #expect(try gradients(of: [Self.once([leaf])[0]], withRespectTo: [leaf])[0]?.doubles() == [12])
  }

  private struct Mishap: Error, CustomStringConvertible {
    let description = "the disk is full"
  }

  @Test func errorsInBackwardAreThrown() throws {
    let failing = DifferentiableFunction("failing", isTwiceDifferentiable: true) {
      [try $0[0] * 2.0]
    } backward: { _, _ in
      throw Mishap()
    }
    let leaf = try Tensor([1.0]).requiringGradient()
    let error = #expect(throws: TorchError.self) { try failing([leaf])[0].sum().backward() }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains("failing"), "\(text)")
    #expect(text.contains("the disk is full"), "\(text)")
    #expect(leaf.gradient == nil)
    let short = DifferentiableFunction("short", isTwiceDifferentiable: true) {
      [try $0[0] * $0[1]]
    } backward: { _, _ in
      [nil]
    }
    let other = #expect(throws: TorchError.self) { try short([leaf, leaf])[0].sum().backward() }
    #expect(other.map { "\($0)" }?.contains("2 gradients, one per input") == true)
  }

  /// Long messages are truncated at the end of the buffer, even within a multi-byte character.
  @Test func longErrorsAreTruncated() throws {
    struct Long: Error, CustomStringConvertible {
      let description = String(repeating: "ä€", count: 5000)
    }
    let failing = DifferentiableFunction("long", isTwiceDifferentiable: true) {
      [try $0[0] * 2.0]
    } backward: { _, _ in
      throw Long()
    }
    let leaf = try Tensor([1.0]).requiringGradient()
    let error = #expect(throws: TorchError.self) { try failing([leaf])[0].sum().backward() }
    #expect(error.map { "\($0)" }?.contains("ä€ä€") == true)
  }

  @Test func inputsMayGetNoGradient() throws {
    let half = DifferentiableFunction("half", isTwiceDifferentiable: true) {
      [try $0[0] * $0[1]]
    } backward: {
      gradients, saved in
      [try gradients[0].map { try $0 * saved[1] }, nil]
    }
    let (left, right) = (try Tensor([2.0]).requiringGradient(), try Tensor([5.0]).requiringGradient())
    try half([left, right])[0].sum().backward()
    #expect(try left.gradient?.doubles() == [5])
    #expect(right.gradient == nil)
  }

  @Test func withoutRecordingNothingIsKept() throws {
    let plain = try Tensor([2.0])
    #expect(try !Self.once([plain])[0].requiresGradient)
    let leaf = try Tensor([2.0]).requiringGradient()
    let silent = try withoutGradients { try Self.once([leaf])[0] }
    #expect(!silent.requiresGradient)
    let recorded = try Self.once([leaf])[0]
    #expect(recorded.requiresGradient)
  }

  @Test func returningAnInputIsRefused() throws {
    let identity = DifferentiableFunction("identity", isTwiceDifferentiable: true) {
      $0
    } backward: { gradients, _ in
      gradients
    }
    let leaf = try Tensor([2.0]).requiringGradient()
    let error = #expect(throws: TorchError.self) { try identity([leaf]) }
    #expect(error.map { "\($0)" }?.contains("identity") == true)
    #expect(leaf.isLeaf)
  }

  /// Counts the instances that a backward pass captures.
  private final class Witness: Sendable {
    static let alive = Mutex(0)
    init() { Witness.alive.withLock { $0 += 1 } }
    deinit { Witness.alive.withLock { $0 -= 1 } }
    func look() {}
  }

  private func witnessed() -> DifferentiableFunction {
    let witness = Witness()
    return DifferentiableFunction("witnessed", isTwiceDifferentiable: true) {
      [try $0[0] * 2.0]
    } backward: { gradients, _ in
      witness.look()
      return [try gradients[0].map { try $0 * 2.0 }]
    }
  }

  private var witnesses: Int { Witness.alive.withLock { $0 } }

  @Test func contextsAreReleased() throws {
    // Without recording, after backward, and when the graph is dropped unused.
    do { _ = try witnessed()([Tensor([1.0])]) }
    #expect(witnesses == 0)
    let leaf = try Tensor([1.0]).requiringGradient()
    do {
      let value = try witnessed()([leaf])[0].sum()
      #expect(witnesses == 1)
      try value.backward()
    }
    #expect(witnesses == 0)
    do { _ = try witnessed()([leaf]) }
    #expect(witnesses == 0)
    do {
      let failing = try witnessed()([leaf])[0]
      #expect(throws: TorchError.self) { try failing.backward(gradient: Tensor([1.0, 2, 3])) }
    }
    #expect(witnesses == 0)
  }

  /// A backward pass frees what was saved, though the result lives on.
  @Test func savedTensorsAreReleased() throws {
    let leaf = try Tensor.ones([1 << 20]).requiringGradient()
    let function = DifferentiableFunction("saved", isTwiceDifferentiable: true) {
      [try $0[0].sum()]
    } backward: {
      gradients, saved in
      [try gradients[0].map { try $0.expanded(saved[0].shape) * 1.0 }]
    }
    // Other tests may allocate at the same time: a leak would show every time.
    let isFreed = try eventually {
      let before = Engine.allocatedBytes
      let value = try function([leaf * 2.0])[0]
      let during = Engine.allocatedBytes
      _ = try gradients(of: [value], withRespectTo: [leaf])
      let after = Engine.allocatedBytes
      return try during - before >= 4 << 20 && after - before < 1 << 16 && value.item() == Double(2 << 20)
    }
    #expect(isFreed)
    let value = try function([leaf * 2.0])[0]
    try value.backward()
    #expect(throws: TorchError.self) { try value.backward() }
  }
}
