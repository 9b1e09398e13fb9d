import LongtailTestSupport
import NeuralNetworks
import Testing
import Torch

/// Dropout and drop-path draw from the counter-based generator.
@Suite struct RandomLayerTests {
  private func step(_ number: Int) throws -> Tensor { try Tensor([number]).reshaped([]) }

  private func factor(_ layer: any Layer & RandomLayer, _ shape: [Int], step: Tensor, first: Int = 0, number: Int = 3)
    throws -> [Double]
  {
    layer.connect(to: RandomSource(seed: 11, step: step, firstSample: first), number: number)
    return try layer(Tensor.ones(shape)).doubles()
  }

  @Test func dropoutDrawsByImageAndElement() throws {
    let layer = Dropout(rate: 0.25)
    let random = Philox4x32(seed: 11, purpose: .dropout)
    // Seven elements an image use two counters each.
    let expected = (0..<3).flatMap { image in
      (0..<7).map { element in
        let words = random.block(step: 5, sample: UInt32(image * 2 + element / 4), draw: 3)
        return Philox4x32.uniform(words[element % 4]) >= 0.25 ? 1 / 0.75 : 0
      }
    }
    expectClose(try factor(layer, [3, 7], step: step(5)), expected, relative: 1e-6)
  }

  @Test func dropPathDrawsByImage() throws {
    let layer = DropPath(rate: 0.4)
    let random = Philox4x32(seed: 11, purpose: .dropPath)
    let expected = (0..<8).flatMap { image in
      let word = random.block(step: 5, sample: UInt32(image), draw: 3).x
      return Array(repeating: Philox4x32.uniform(word) >= 0.4 ? 1 / 0.6 : 0, count: 6)
    }
    expectClose(try factor(layer, [8, 2, 3], step: step(5)), expected, relative: 1e-6)
    #expect(Set(expected).count == 2)
  }

  @Test(arguments: [0, 1])
  func drawsDependOnStepAndLayerAlone(kind: Int) throws {
    func layer() -> any Layer & RandomLayer { kind == 0 ? Dropout(rate: 0.5) : DropPath(rate: 0.5) }
    let shape = kind == 0 ? [4, 33] : [132, 1]
    let first = try factor(layer(), shape, step: step(7))
    #expect(try factor(layer(), shape, step: step(7)) == first)
    #expect(try factor(layer(), shape, step: step(8)) != first)
    #expect(try factor(layer(), shape, step: step(7), number: 4) != first)
    // The step is read in each pass.
    let counter = try step(6)
    let same = layer()
    #expect(try factor(same, shape, step: counter) != first)
    try counter.add(1)
    #expect(try same(Tensor.ones(shape)).doubles() == first)
    // Half of the batch on another device.
    let half = [shape[0] / 2, shape[1]]
    #expect(try factor(layer(), half, step: step(7), first: half[0]) == Array(first.suffix(half[0] * half[1])))
  }

  @Test func sharesAreAsAsked() throws {
    let zeros = try factor(Dropout(rate: 0.2), [100, 1000], step: step(1)).count { $0 == 0 }
    expectClose(Double(zeros) / 1e5, 0.2, absolute: 6 * (0.16 / 1e5).squareRoot())
  }

  @Test func gradientsPassWhereValuesPass() throws {
    let layer = Dropout(rate: 0.5)
    layer.connect(to: RandomSource(seed: 11, step: try step(0)), number: 0)
    let input = try Tensor.ones([4, 16]).requiringGradient()
    let output = try layer(input)
    try output.sum().backward()
    #expect(try input.gradient?.isEqual(to: output.detached()) == true)
  }

  @Test func evaluationAndRateZeroChangeNothing() throws {
    let input = try Tensor.ones([2, 3])
    let (dropout, path) = (Dropout(rate: 0.5), DropPath(rate: 0.5))
    dropout.setTraining(false)
    path.setTraining(false)
    #expect(try dropout(input) === input && path(input) === input)
    #expect(try Dropout(rate: 0)(input) === input && DropPath(rate: 0)(input) === input)
  }

  @Test func trainingWithoutASourceIsRefused() throws {
    let input = try Tensor.ones([2, 3])
    let error = #expect(throws: MissingRandomSource.self) { try Dropout(rate: 0.5)(input) }
    #expect(error?.description.contains("connectRandomLayers") == true)
    #expect(throws: MissingRandomSource.self) { try DropPath(rate: 0.5)(input) }
  }

  /// Numbers follow the module tree, so two layers of one kind differ.
  @Test func aNetworkConnectsAllItsLayers() throws {
    let (first, second) = (Dropout(rate: 0.5), Dropout(rate: 0.5))
    Chain([first, GELU(), second]).connectRandomLayers(to: RandomSource(seed: 1, step: try step(0)))
    let input = try Tensor.ones([8, 32])
    #expect(try first(input).doubles() != second(input).doubles())
  }

  @Test func ratesRiseEvenly() {
    expectClose(DropPath.rates(upTo: 0.1, count: 5), [0, 0.025, 0.05, 0.075, 0.1], relative: 1e-12)
    #expect(DropPath.rates(upTo: 0.1, count: 1) == [0])
  }
}
