import LongtailTestSupport
import Testing
import Torch

/// First and second derivatives of the operations.
@Suite struct GradientTests {
  /// A random tensor; values within 0.2 ... 2 of alternating or positive sign, away from the kinks at 0.
  private func input(_ shape: [Int], seed: UInt64, positive: Bool = false) -> (values: [Double], shape: [Int]) {
    var generator = SeededGenerator(seed: seed)
    let sizes = generator.numbers(shape.reduce(1, *), in: 0.2...2)
    return (sizes.map { positive || Bool.random(using: &generator) ? $0 : -$0 }, shape)
  }

  @Test func arithmetic() throws {
    let (left, right, row) = (input([2, 3], seed: 1), input([2, 3], seed: 2), input([3], seed: 3))
    try expectGradients("+", of: [left, row]) { try $0[0] + $0[1] }
    try expectGradients("-", of: [left, row]) { try $0[0] - $0[1] }
    try expectGradients("*", of: [left, row]) { try $0[0] * $0[1] }
    try expectGradients("/", of: [left, right]) { try $0[0] / $0[1] }
    try expectGradients("plus", of: [left, right]) { try $0[0].plus($0[1], scale: -0.7) * $0[0] }
    try expectGradients("numbers", of: [left]) { try (2.0 - $0[0] * 3.0) * (($0[0] + 1.5) / 2.0 - 1.0) }
    try expectGradients("matrix product", of: [left, input([3, 4], seed: 4)]) { try $0[0].matrixProduct($0[1]) }
    try expectGradients("batched product", of: [input([2, 2, 3], seed: 5), input([2, 3, 2], seed: 6)]) {
      try $0[0].matrixProduct($0[1])
    }
  }

  @Test func functions() throws {
    let functions: [(String, (Tensor) throws -> Tensor)] = [
      ("exp", { try $0.exp() }), ("expm1", { try $0.expMinusOne() }), ("sin", { try $0.sin() }),
      ("cos", { try $0.cos() }), ("magnitude", { try $0.magnitude() }), ("reciprocal", { try $0.reciprocal() }),
      ("power 3", { try $0.power(3) }), ("relu", { try $0.relu() }), ("sigmoid", { try $0.sigmoid() }),
      ("log sigmoid", { try $0.logSigmoid() }), ("softplus", { try $0.softplus() }),
      ("clamped", { try $0.clamped(from: -1.01, to: 0.93) }), ("negative", { try -$0 }),
      ("softmax", { try $0.softmax() }), ("log softmax", { try $0.logSoftmax(alongAxis: 0) }),
      ("normalized", { try $0.normalized(alongAxis: 1) }), ("cumulative", { try $0.cumulativeSum(alongAxis: 1) }),
    ]
    for (name, function) in functions {
      try expectGradients(name, of: [input([2, 3], seed: 7)]) { try function($0[0]) }
    }
    let positive: [(String, (Tensor) throws -> Tensor)] = [
      ("log", { try $0.log() }), ("log1p", { try $0.logOnePlus() }), ("root", { try $0.squareRoot() }),
      ("inverse root", { try $0.reciprocalSquareRoot() }), ("power 0.3", { try $0.power(0.3) }),
    ]
    for (name, function) in positive {
      try expectGradients(name, of: [input([2, 3], seed: 8, positive: true)]) { try function($0[0]) }
    }
  }

  @Test func reductionsAndSelections() throws {
    let (left, right) = (input([2, 3], seed: 9), input([2, 3], seed: 10))
    try expectGradients("sum", of: [left]) { try $0[0].power(2).sum(alongAxes: [0], keepingAxes: true) }
    try expectGradients("mean", of: [left]) { try $0[0].power(2).mean(alongAxes: [1]) }
    try expectGradients("mean of all", of: [left]) { try $0[0].power(2).mean() }
    try expectGradients("max", of: [left]) { try $0[0].power(2).max(alongAxes: [1]) }
    try expectGradients("min", of: [left]) { try $0[0].power(2).min(alongAxes: [0]) }
    try expectGradients("log sum exp", of: [left]) { try $0[0].logSumExp(alongAxes: [1]) }
    try expectGradients("norm", of: [left]) { try $0[0].euclideanNorm(alongAxes: [0, 1]) }
    try expectGradients("top", of: [left]) { try $0[0].power(2).top(2).values }
    try expectGradients("sorted", of: [left]) { try $0[0].power(2).sorted(descending: true).values }
    try expectGradients("maximum", of: [left, right]) { try $0[0].power(2).maximum($0[1]) }
    try expectGradients("minimum", of: [left, right]) { try $0[0].power(2).minimum($0[1]) }
    let condition = try Tensor([true, false, true, false, true, true], shape: [2, 3])
    try expectGradients("where", of: [left, right]) { try $0[0].power(2).selected(where: condition, else: $0[1]) }
    try expectGradients("where, number", of: [left]) { try $0[0].power(2).selected(where: condition, else: 3) }
  }

  @Test func shapes() throws {
    let left = input([2, 3], seed: 11)
    let functions: [(String, (Tensor) throws -> Tensor)] = [
      ("reshape", { try $0.reshaped([3, 2]) }), ("transpose", { try $0.transposed() }),
      ("permute", { try $0.expandingAxis(0).permuted([2, 0, 1]) }), ("flip", { try $0.flipped(axes: [1]) }),
      ("pad", { try $0.padded([1, 2, 0, 1], value: 4) }), ("slice", { try $0.sliced(axis: 1, step: 2) }),
      ("narrow", { try $0.narrowed(axis: 1, start: 1, count: 2) }), ("select", { try $0.selected(axis: 0, index: 1) }),
      ("expand", { try $0.expandingAxis(2).expanded([2, 3, 4]) }), ("flatten", { try $0.flattened() }),
      ("repeat", { try $0.repeatingEntries(3, axis: 1) }), ("squeeze", { try $0.expandingAxis(1).squeezed(axis: 1) }),
      ("cat", { try Tensor.concatenation([$0, $0 * 2.0], axis: 1) }), ("stack", { try Tensor.stack([$0, -$0]) }),
      ("entries", { try $0.entries(at: Tensor([2, 0, 2]), axis: 1) }),
      ("gathered", { try $0.gathered(axis: 1, index: Tensor([0, 2, 1, 1], shape: [2, 2])) }),
      ("elements", { try $0.elements(at: [Tensor([1, 0, 1]), Tensor([2, 2, 0])]) }),
      ("elements with a gap", { try $0.elements(at: [nil, Tensor([2, 0])]) }),
      ("contiguous", { try $0.transposed().contiguous() }), ("clone", { try $0.clone() }),
    ]
    for (name, function) in functions { try expectGradients(name, of: [left]) { try function($0[0].power(2)) } }
  }

  @Test func layers() throws {
    let images = input([2, 3, 5, 5], seed: 12)
    try expectGradients("convolution", of: [images, input([4, 3, 3, 3], seed: 13), input([4], seed: 14)]) {
      try $0[0].convolved(with: $0[1], bias: $0[2], stride: 2, padding: 1)
    }
    try expectGradients("grouped", of: [images, input([3, 1, 2, 2], seed: 15)]) {
      try $0[0].convolved(with: $0[1], dilation: 2, groups: 3)
    }
    try expectGradients("linear", of: [input([2, 3], seed: 16), input([4, 3], seed: 17), input([4], seed: 18)]) {
      try $0[0].linear(weight: $0[1], bias: $0[2])
    }
    try expectGradients("average pool", of: [images]) { try $0[0].power(2).averagePooled(size: 2) }
    try expectGradients("adaptive pool", of: [images]) { try $0[0].power(2).adaptiveAveragePooled(to: 2) }
    try expectGradients("max pool", of: [images]) { try $0[0].power(2).maxPooled(size: 3, stride: 2, padding: 1) }
    for isTraining in [true, false] {
      try expectGradients("batch normalisation", of: [images, input([3], seed: 19), input([3], seed: 20)]) {
        try $0[0].batchNormalized(
          weight: $0[1], bias: $0[2], runningMean: Tensor([0.1, 0.2, 0.3]), runningVariance: Tensor([1.0, 2, 3]),
          isTraining: isTraining, momentum: 0.1, epsilon: 1e-5)
      }
    }
  }

  @Test func losses() throws {
    let logits = input([3, 4], seed: 21)
    let labels = try Tensor([0, 3, 1])
    let weights = try Tensor([0.5, 1, 2, 3])
    for reduction in [Reduction.none, .mean, .sum] {
      try expectGradients("cross-entropy", of: [logits]) {
        try $0[0].crossEntropy(labels, weights: weights, reduction: reduction, labelSmoothing: 0.1)
      }
      try expectGradients("binary cross-entropy", of: [logits]) {
        try $0[0].binaryCrossEntropy(labels.oneHot(classes: 4).to(.float64), reduction: reduction)
      }
    }
  }

  @Test func backwardAccumulates() throws {
    let leaf = try Tensor([1.0, 2]).requiringGradient()
    #expect(leaf.gradient == nil)
    try (leaf * leaf).sum().backward()
    #expect(try leaf.gradient?.doubles() == [2, 4])
    try (leaf * 3.0).sum().backward()
    #expect(try leaf.gradient?.doubles() == [5, 7])
    try leaf.setGradient(Tensor([1.0, 1]))
    #expect(try leaf.gradient?.doubles() == [1, 1])
    try leaf.setGradient(nil)
    #expect(leaf.gradient == nil)
    try (leaf * leaf).backward(gradient: Tensor([10.0, 1]))
    #expect(try leaf.gradient?.doubles() == [20, 4])
  }

  @Test func aGraphIsUsedOnceUnlessRetained() throws {
    let leaf = try Tensor([3.0]).requiringGradient()
    let value = try (leaf * leaf).sum()
    try value.backward(retainGraph: true)
    try value.backward()
    #expect(try leaf.gradient?.doubles() == [12])
    #expect(throws: TorchError.self) { try value.backward() }
  }

  @Test func detachedValuesAreConstants() throws {
    let leaf = try Tensor([3.0]).requiringGradient()
    let value = try (leaf * leaf.detached()).sum()
    #expect(try gradients(of: [value], withRespectTo: [leaf])[0]?.doubles() == [3])
    #expect(try !leaf.detached().requiresGradient)
    #expect(leaf.isLeaf)
    #expect(!value.isLeaf)
  }

  @Test func weightsMultiplyOutputs() throws {
    let leaf = try Tensor([1.0, 2]).requiringGradient()
    let result = try gradients(
      of: [leaf * leaf, leaf.sum()], withRespectTo: [leaf], weights: [Tensor([1.0, 10]), Tensor(scalar: 100.0)])
    #expect(try result[0]?.doubles() == [102, 140])
  }
}
