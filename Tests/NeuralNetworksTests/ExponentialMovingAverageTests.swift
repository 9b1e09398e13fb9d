import LongtailTestSupport
import NeuralNetworks
import Testing
import Torch

@Suite struct ExponentialMovingAverageTests {
  private struct Interruption: Error {}

  @Test func averagesEqualTheReference() throws {
    let fixture = try OptimizerFixture.load()
    let expected = try #require(fixture.cases["average"])
    let problem = try OptimizerProblem(fixture.start)
    let optimizer = try SGD(problem.group(decay: 0.05))
    let average = try ExponentialMovingAverage(of: problem, decay: 0.8)
    for (step, rate) in fixture.rates.enumerated() {
      try problem.step(optimizer, rate: rate)
      try average.update()
      let values = try average.state.flatMap { try $0.tensor.doubles() }
      CaseContext.with("step \(step)") {
        expectClose(values, expected[step].all, relative: 2e-6, absolute: 2e-7)
      }
    }
    #expect(average.state.map(\.name) == ["average.layer.weight", "average.layer.bias"])
  }

  @Test func averagesAreLentAndGivenBack() throws {
    let problem = try OptimizerProblem(OptimizerFixture.load().start)
    let average = try ExponentialMovingAverage(of: problem, decay: 0.5)
    let start = try problem.values
    try withoutGradients { try problem.bias.add(Tensor([Float(1), 1, 1])) }
    let moved = try problem.values
    #expect(try average.withEMA { try problem.values } == start)
    #expect(try problem.values == moved)
    #expect(throws: Interruption.self) { try average.withEMA { throw Interruption() } }
    #expect(try problem.values == moved)
    try average.update()
    try average.adopt()
    #expect(try problem.values == zip(start, moved).map { ($0 + $1) / 2 })
    #expect(problem.weight.requiresGradient && problem.weight.isLeaf)
  }

  /// Running values of normalisation are averaged too; counters are left alone.
  @Test func buffersAreAveraged() throws {
    let layer = try BatchNormalization2d(channels: 2, using: Initializer(seed: 0))
    let average = try ExponentialMovingAverage(of: layer, decay: 0.9)
    #expect(
      average.state.map(\.name) == [
        "average.weight", "average.bias", "average.running_mean", "average.running_var",
      ])
    try layer.runningMean.fill(10)
    try average.update()
    #expect(try average.state[2].tensor.floats() == [1, 1])
  }
}
