import LongtailTestSupport
import NeuralNetworks
import Testing
import Torch

/// The queue, the second network and the head of contrastive learning.
@Suite struct ContrastivePartsTests {
  @Test func theOldestKeysAreOverwritten() throws {
    let queue = try FeatureQueue(capacity: 5, features: 2, using: Initializer(seed: 0))
    #expect(try queue.labels.integers() == [-1, -1, -1, -1, -1])
    expectClose(
      try queue.keys.euclideanNorm(alongAxes: [0]).doubles(), [1, 1, 1, 1, 1], relative: 1e-6)
    for first in stride(from: 0, to: 9, by: 3) {
      let labels = try Tensor.range(first, first + 3)
      let keys = try labels.to(.float32).reshaped([3, 1]).expanded([3, 2]).contiguous().requiringGradient()
      try queue.push(keys, labels: labels)
    }
    #expect(try queue.labels.integers() == [5, 6, 7, 8, 4])
    #expect(try queue.keys.floats() == [5, 6, 7, 8, 4, 5, 6, 7, 8, 4])
    #expect(try queue.place.item() == 4)
    #expect(queue.state.allSatisfy { !$0.tensor.requiresGradient })
    #expect(queue.byteCount == 5 * 2 * 4 + 5 * 8 + 8)
    #expect(throws: ParameterError.self) { try queue.push(Tensor.zeros([6, 2]), labels: Tensor.range(0, 6)) }
    #expect(throws: ParameterError.self) { try FeatureQueue(capacity: 0, features: 2, using: Initializer(seed: 0)) }
  }

  @Test func theCopyFollowsParametersAlone() throws {
    let source = try BatchNormalization2d(channels: 2, using: Initializer(seed: 0))
    let copy = try BatchNormalization2d(channels: 2, using: Initializer(seed: 0))
    try withoutGradients { try source.weight.detached().fill(3) }
    let follower = try MomentumCopy(copy, of: source, momentum: 0.75)
    #expect(try copy.weight.floats() == [3, 3] && !copy.weight.requiresGradient && source.weight.requiresGradient)
    try withoutGradients {
      try source.weight.detached().fill(7)
      try source.runningMean.fill(5)
    }
    try follower.update()
    #expect(try copy.weight.floats() == [4, 4])
    #expect(try copy.runningMean.floats() == [0, 0])
    let other = try BatchNormalization2d(channels: 3, using: Initializer(seed: 0))
    #expect(throws: WeightMismatch.self) { try MomentumCopy(other, of: source) }
  }

  @Test func projectionsHaveLengthOne() throws {
    let head = try ProjectionHead(inputs: 6, outputs: 3, using: Initializer(seed: 3))
    var generator = SeededGenerator(seed: 1)
    let output = try head(generator.uniform([4, 6], -1, 1))
    #expect(output.shape == [4, 3])
    expectClose(try output.euclideanNorm(alongAxes: [1]).doubles(), [1, 1, 1, 1], relative: 1e-6)
    #expect(head.state.map(\.name) == ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"])
  }

  /// With a velocity a virtual step is the optimiser's own.
  @Test func virtualStepsEqualTheOptimizer() throws {
    let weight = try Tensor([Float(1), -2, 3]).requiringGradient()
    let optimizer = try SGD([ParameterGroup([NamedTensor("w", weight)], weightDecay: 0.1)], momentum: 0.9)
    let rate = try Tensor(scalar: Float(0.5))
    let slopes = try (0..<3).map { try Tensor([Float($0), 1, -0.5]) }
    for slope in slopes {
      let velocity = try optimizer.state[0].tensor.clone()
      let expected = try VirtualSGDStep(learningRate: rate, momentum: 0.9, weightDecay: 0.1)(
        [weight.detached().clone()], gradients: [slope], velocities: [velocity])
      try optimizer.update(learningRate: rate, clipping: nil) { _ in try weight.setGradient(slope) }
      expectClose(try weight.doubles(), try expected[0].doubles(), relative: 1e-6)
    }
  }
}
