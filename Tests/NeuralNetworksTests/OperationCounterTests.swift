import LongtailTestSupport
import NeuralNetworks
import Testing
import Torch

@Suite struct OperationCounterTests {
  @Test func layersAreCountedByHand() throws {
    let initializer = Initializer(seed: 0)
    let convolution = try Convolution2d(
      inputs: 6, outputs: 8, size: 3, stride: 2, padding: 1, groups: 2, using: initializer)
    let linear = try Linear(inputs: 5, outputs: 7, using: initializer)
    let attention = try SelfAttention(width: 12, heads: 3, using: initializer)
    let normalization = try BatchNormalization2d(channels: 8, using: initializer)
    let counts = try OperationCounter.count {
      let maps = try convolution(Tensor.zeros([2, 6, 9, 7]))
      #expect(maps.shape == [2, 8, 5, 4])
      #expect(try normalization(maps).shape == maps.shape)
      #expect(try linear(Tensor.zeros([2, 3, 5])).shape == [2, 3, 7])
      #expect(try attention(Tensor.zeros([2, 10, 12])).shape == [2, 10, 12])
    }
    #expect(counts.convolution == 2 * 8 * 5 * 4 * 3 * 9)
    #expect(counts.linear == 2 * 3 * 5 * 7 + 20 * 12 * 36 + 20 * 12 * 12)
    // Each token with each, over all channels, once for the weights and once for the mean.
    #expect(counts.attention == 2 * (2 * 10 * 10 * 12))
    #expect(counts.normalizedElements == 2 * 8 * 5 * 4)
    #expect(counts.total == counts.convolution + counts.linear + counts.attention)
    // Nothing was normalised, and nothing is counted afterwards.
    #expect(try normalization.runningVariance.floats() == Array(repeating: 1, count: 8))
    #expect(OperationCounter.current == nil)
  }

  @Test func shapesThatDoNotFitAreRefused() throws {
    let convolution = try Convolution2d(inputs: 3, outputs: 2, size: 5, using: .shapesOnly())
    #expect(throws: TorchError.self) { try OperationCounter.count { _ = try convolution(.zeros([1, 3, 4, 4])) } }
    #expect(throws: TorchError.self) { try OperationCounter.count { _ = try convolution(.zeros([1, 4, 9, 9])) } }
    let linear = try Linear(inputs: 3, outputs: 2, using: .shapesOnly())
    #expect(throws: TorchError.self) { try OperationCounter.count { _ = try linear(.zeros([2, 4])) } }
    #expect(OperationCounter.current == nil)
  }
}
