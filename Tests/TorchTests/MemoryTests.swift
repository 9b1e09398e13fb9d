import LongtailTestSupport
import Testing
import Torch

/// Memory and handles are released.
@Suite struct MemoryTests {
  /// Whether the counters return to their values. Other tests may run at the same time, so a difference may be theirs;
  /// a leak would show every time.
  private func returns(_ body: () throws -> Void) throws -> Bool {
    try body()
    return try eventually {
      let before = (Engine.liveTensorCount, Engine.allocatedBytes)
      try body()
      return before == (Engine.liveTensorCount, Engine.allocatedBytes)
    }
  }

  @Test func aThousandOperationsLeakNothing() throws {
    #expect(try returns { try runOperations(1000, seed: 1) })
  }

  @Test func failuresLeakNothing() throws {
    let (left, right) = (try Tensor.ones([2, 3]), try Tensor.ones([4, 5]))
    #expect(
      try returns {
        for _ in 0..<100 {
          _ = try? left + right
          _ = try? Tensor([1, 2, 3], shape: [7])
          _ = try? gradients(of: [left.sum()], withRespectTo: [right])
        }
      })
  }

  @Test func secondDerivativesLeakNothing() throws {
    #expect(
      try returns {
        let leaf = try Tensor([1.0, 2, 3]).requiringGradient()
        for _ in 0..<50 {
          let first = try gradients(of: [leaf.power(3).sum()], withRespectTo: [leaf], createGraph: true)
          _ = try first[0].map { try gradients(of: [$0.sum()], withRespectTo: [leaf]) }
        }
      })
  }

  private func runOperations(_ count: Int, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var tensors = [try Tensor.ones([8, 8]).requiringGradient(), try Tensor.full([8, 8], 0.5)]
    for _ in 0..<count {
      let left = tensors[Int.random(in: 0..<tensors.count, using: &generator)]
      let right = tensors[Int.random(in: 0..<tensors.count, using: &generator)]
      let made = try result(Int.random(in: 0..<10, using: &generator), left, right)
      if tensors.count < 12 {
        tensors.append(made)
      } else {
        tensors[Int.random(in: 2..<12, using: &generator)] = made
      }
    }
    try tensors.last?.sum().detached().requiringGradient().backward()
  }

  private func result(_ choice: Int, _ left: Tensor, _ right: Tensor) throws -> Tensor {
    switch choice {
    case 0: return try (left + right) * 0.5
    case 1: return try left * right
    case 2: return try left.softmax(alongAxis: 1)
    case 3: return try left.matrixProduct(right).normalized()
    case 4: return try Tensor.concatenation([left, right]).narrowed(axis: 0, start: 4, count: 8)
    case 5: return try left.sorted().values
    case 6: return try left.sin().detached()
    case 7: return try left.top(8).values.transposed().contiguous()
    case 8: return try Tensor(right.floats(), shape: [8, 8])
    default:
      // A backward pass through a graph of its own.
      let leaf = try left.detached().clone().requiringGradient()
      try (leaf * right.detached()).sum().backward()
      return try leaf.gradient.map { try $0.softmax(alongAxis: 0) } ?? left
    }
  }
}
