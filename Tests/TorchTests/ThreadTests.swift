import Foundation
import LongtailTestSupport
import Synchronization
import Testing
import Torch

/// The engine from several threads.
@Suite struct ThreadTests {
  /// Runs a body on several threads and returns their results.
  private func onThreads<Result: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) throws -> Result
  ) throws -> [Result] {
    let results = Mutex<[Int: Swift.Result<Result, any Error>]>([:])
    DispatchQueue.concurrentPerform(iterations: count) { index in
      let outcome = Swift.Result { try body(index) }
      results.withLock { $0[index] = outcome }
    }
    return try results.withLock { found in try (0..<count).compactMap { try found[$0]?.get() } }
  }

  @Test func threadsComputeTheSame() throws {
    let results = try onThreads(8) { _ in
      var generator = SeededGenerator(seed: 2)
      let values = try Tensor(generator.numbers(64, in: -1...1), shape: [8, 8]).requiringGradient()
      var sum = 0.0
      for _ in 0..<50 {
        let loss = try values.matrixProduct(values.transposed()).softmax().log().mean()
        let gradient = try gradients(of: [loss], withRespectTo: [values])[0]
        sum += try gradient?.euclideanNorm(alongAxes: [0, 1]).item() ?? .nan
      }
      return sum
    }
    #expect(results.count == 8)
    #expect(results.allSatisfy { $0.isFinite })
    #expect(Set(results).count == 1)
  }

  @Test func modesAndErrorsBelongToTheirThread() throws {
    let agree = try onThreads(6) { index in
      try withGradients(index % 2 == 0) {
        let leaf = try Tensor([1.0, 2]).requiringGradient()
        for _ in 0..<100 {
          guard gradientsAreRecorded == (index % 2 == 0), try (leaf * 2.0).requiresGradient == (index % 2 == 0) else {
            return false
          }
          do {
            _ = try Tensor.zeros([2 + index]) + Tensor.zeros([20 + index])
            return false
          } catch let error as TorchError {
            guard "\(error)".contains("float32[\(2 + index)]"), "\(error)".contains("(\(20 + index))") else {
              return false
            }
          }
        }
        return true
      }
    }
    #expect(agree == Array(repeating: true, count: 6))
    #expect(gradientsAreRecorded)
  }

  /// A tensor may be created on one thread, read on others and released on a third.
  @Test func tensorsMayChangeThreads() throws {
    let shared = try Tensor.range(0, 1000, dtype: .float64)
    let sums = try onThreads(8) { index in try (shared * Double(index)).sum() }
    #expect(try sums.map { try $0.item() } == (0..<8).map { Double($0) * 499_500 })
  }

  @Test func threadCountCanBeSet() throws {
    let before = Engine.threadCount
    #expect(before >= 1)
    try Engine.setThreadCount(1)
    #expect(Engine.threadCount == 1)
    try Engine.setThreadCount(before)
    #expect(Engine.threadCount == before)
  }
}
