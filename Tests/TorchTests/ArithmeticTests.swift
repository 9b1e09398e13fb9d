import LongtailTestSupport
import Testing
import Torch

/// Operations against results computed by hand.
@Suite struct ArithmeticTests {
  @Test func integersStayIntegers() throws {
    let tensor = try Tensor([7, -7, 3])
    #expect(try (tensor + 1).values(as: Int.self) == [8, -6, 4])
    #expect(try (1 - tensor).values(as: Int.self) == [-6, 8, -2])
    #expect(try (tensor * 2).values(as: Int.self) == [14, -14, 6])
    #expect(try tensor.dividedRoundingDown(by: 2).values(as: Int.self) == [3, -4, 1])
    #expect(try tensor.remainder(dividingBy: 4).values(as: Int.self) == [3, 1, 3])
    #expect(try tensor.clamped(from: 0, to: 5).values(as: Int.self) == [5, 0, 3])
    #expect(try (tensor / Tensor([2, 2, 2])).floats() == [3.5, -3.5, 1.5])
    #expect(try tensor.bitwiseAnd(6).values(as: Int.self) == [6, 0, 2])
    #expect(try tensor.bitwiseXor(1).values(as: Int.self) == [6, -8, 2])
    #expect(try tensor.shiftedRight(by: 1).values(as: Int.self) == [3, -4, 1])
    #expect(try tensor.shiftedLeft(by: 3).values(as: Int.self) == [56, -56, 24])
    #expect(try Tensor([0, 2, 2, 5]).occurrences(minimumCount: 4).values(as: Int.self) == [1, 0, 2, 0, 0, 1])
    #expect(try Tensor([2, 0]).oneHot(classes: 3).values(as: Int.self) == [0, 0, 1, 1, 0, 0])
  }

  @Test func roundingGoesToEven() throws {
    #expect(try Tensor([0.5, 1.5, -2.5, 2.4]).rounded().doubles() == [0, 2, -2, 2])
    #expect(try Tensor([0.5, -0.5]).roundedDown().doubles() == [0, -1])
  }

  @Test func changesInPlaceAreSeenByViews() throws {
    let tensor = try Tensor([1.0, 2, 3, 4], shape: [2, 2])
    let row = try tensor.selected(axis: 0, index: 1)
    try row.multiply(by: 10)
    #expect(try tensor.doubles() == [1, 2, 30, 40])
    try tensor.fill(2)
    try tensor.add(Tensor([1.0, 2]), scale: 0.5)
    #expect(try row.doubles() == [2.5, 3])
    try row.subtract(Tensor([0.5, 1]))
    try row.interpolate(towards: Tensor([12.0, 22]), weight: 0.5)
    #expect(try row.doubles() == [7, 12])
    try row.multiply(by: Tensor([2.0, 0]))
    #expect(try row.doubles() == [14, 0])
    try tensor.copy(from: Tensor([7, 8]))
    #expect(try tensor.doubles() == [7, 8, 7, 8])
    try tensor.setToZero()
    try tensor.addEntries(Tensor([1.0, 1, 2, 2, 4, 4], shape: [3, 2]), at: Tensor([0, 1, 0]))
    #expect(try tensor.doubles() == [5, 5, 2, 2])
    try tensor.addScattered(Tensor([1.0, 1, 1, 1], shape: [2, 2]), at: Tensor([0, 0, 1, 1], shape: [2, 2]), axis: 1)
    #expect(try tensor.doubles() == [7, 5, 2, 4])
    let count = try Tensor(scalar: 3)
    try count.add(4)
    try count.add(Tensor(scalar: 5))
    #expect(try count.item() == 12)
  }

  @Test func lossesEqualHandComputedOnes() throws {
    let logits = try Tensor([0.0, 0, 0, 0], shape: [2, 2])
    let logTwo = 0.693147180559945309
    expectClose(
      try logits.crossEntropy(Tensor([0, 1]), reduction: .none).doubles(), [logTwo, logTwo], relative: 1e-15)
    expectClose(try logits.crossEntropy(Tensor([0, 1]), reduction: .sum).item(), 2 * logTwo, relative: 1e-15)
    // The weighted mean divides by the sum of the rows' weights.
    let weighted = try Tensor([1.0, 0], shape: [1, 2]).crossEntropy(Tensor([0]), weights: Tensor([3.0, 1]))
    expectClose(try weighted.item(), 0.313261687518222834, relative: 1e-15)
    expectClose(try logits.binaryCrossEntropy(logits).item(), logTwo, relative: 1e-15)
    // Large logits do not overflow.
    #expect(try Tensor([900.0, -900], shape: [1, 2]).crossEntropy(Tensor([1])).item() == 1800)
    #expect(try Tensor([800.0]).softplus().item() == 800)
    #expect(try Tensor([-800.0]).logSigmoid().item() == -800)
    #expect(try Tensor([800.0, 800]).logSumExp(alongAxes: [0]).item() == 800 + logTwo)
  }

  @Test func poolingAndPaddingEqualHandComputedOnes() throws {
    let image = try Tensor.range(0, 16, dtype: .float64).reshaped([1, 1, 4, 4])
    #expect(try image.averagePooled(size: 2).doubles() == [2.5, 4.5, 10.5, 12.5])
    #expect(try image.maxPooled(size: 2, stride: 2).doubles() == [5, 7, 13, 15])
    #expect(try image.adaptiveAveragePooled(to: 1).doubles() == [7.5])
    let padded = try Tensor([1.0, 2], shape: [1, 2]).padded([1, 0, 0, 1], value: 9)
    #expect(padded.shape == [2, 3])
    #expect(try padded.doubles() == [9, 1, 2, 9, 9, 9])
    let kernel = try Tensor([1.0, 0, 0, -1], shape: [1, 1, 2, 2])
    #expect(try image.convolved(with: kernel, stride: 2).doubles() == [-5, -5, -5, -5])
  }

  /// Batch normalisation moves the running variance towards the unbiased one.
  @Test func batchNormalizationKeepsRunningValues() throws {
    let images = try Tensor([1.0, 2, 3, 6], shape: [4, 1, 1, 1])
    let (mean, variance) = (try Tensor([1.0]), try Tensor([2.0]))
    let result = try images.batchNormalized(
      weight: nil, bias: nil, runningMean: mean, runningVariance: variance, isTraining: true, momentum: 0.5, epsilon: 0)
    let deviation = 3.5.squareRoot()
    expectClose(try result.doubles(), [-2, -1, 0, 3].map { $0 / deviation }, relative: 1e-14)
    expectClose(try mean.doubles(), [2], relative: 1e-15)
    expectClose(try variance.doubles(), [2 * 0.5 + 14 / 3 * 0.5], relative: 1e-15)
    let fixed = try images.batchNormalized(
      weight: Tensor([2.0]), bias: Tensor([1.0]), runningMean: Tensor([3.0]), runningVariance: Tensor([4.0]),
      isTraining: false, momentum: 0.5, epsilon: 0)
    #expect(try fixed.doubles() == [-1, 0, 1, 4])
  }

  @Test func listsAreTreatedTogether() throws {
    let tensors = [try Tensor([3.0]), try Tensor([0.0, 4])]
    #expect(try TensorLists.norm(tensors).item() == 5)
    try TensorLists.add(tensors, [Tensor([1.0]), Tensor([2.0, 2])], scale: 0.5)
    #expect(try tensors[0].doubles() == [3.5])
    #expect(try tensors[1].doubles() == [1, 5])
    try TensorLists.multiply(tensors, by: 2)
    try TensorLists.multiply(tensors, by: Tensor(scalar: 0.5))
    try TensorLists.interpolate(tensors, towards: [Tensor([4.5]), Tensor([0.0, 0])], weight: 0.5)
    #expect(try tensors[0].doubles() == [4])
    #expect(try tensors[1].doubles() == [0.5, 2.5])
    try TensorLists.copy(tensors, from: [Tensor([9.0]), Tensor([8.0, 7])])
    #expect(try tensors[1].doubles() == [8, 7])
    try TensorLists.setToZero(tensors)
    #expect(try TensorLists.norm(tensors).item() == 0)
  }

  @Test func anyOperatorCanBeCalled() throws {
    let inverseError = Operator("aten::erfinv")
    expectClose(try inverseError(.tensor(Tensor([0.5]))).item(), 0.476936276204469873, relative: 1e-14)
    #expect(inverseError.name == "aten::erfinv")
    let unique = Operator("aten::_unique2")
    let results = try unique.results([.tensor(Tensor([3, 1, 3])), .bool(true), .bool(false), .bool(true)])
    #expect(try results[0]?.values(as: Int.self) == [1, 3])
    #expect(try results[2]?.values(as: Int.self) == [1, 2])
    // More results than there is room for is a failure, not a crash.
    #expect(throws: TorchError.self) { try Operator("aten::topk")(.tensor(Tensor([3.0, 1])), .int(1)) }
  }
}
