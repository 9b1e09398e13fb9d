import LongtailTestSupport
import NeuralNetworks
import Testing
import Torch

@Suite struct InitializerTests {
  @Test func seedAndOrderDecide() throws {
    let (first, second, other) = (Initializer(seed: 3), Initializer(seed: 3), Initializer(seed: 4))
    let (a, b) = (try first.normal([5, 7], standardDeviation: 1), try second.normal([5, 7], standardDeviation: 1))
    #expect(try a.isEqual(to: b) && a.requiresGradient && a.isLeaf)
    #expect(try !a.isEqual(to: other.normal([5, 7], standardDeviation: 1)))
    // The next draw of one initialiser is another one.
    #expect(try !a.isEqual(to: first.normal([5, 7], standardDeviation: 1)))
    // A constant uses no draw.
    _ = try second.constant([9], 2)
    #expect(try first.uniform([4], from: 0, to: 1).shape == [4])
  }

  /// Mean and spread of a million draws, within six standard errors.
  @Test func normalDrawsAreNormal() throws {
    let count = 1_000_000
    let draws = try Initializer(seed: 9).normal([count], standardDeviation: 2, mean: 1).to(.float64).detached()
    let (mean, error) = (try draws.mean().item(), 6 * 2 / Double(count).squareRoot())
    expectClose(mean, 1, absolute: error)
    let centred = try (draws - 1.0) / 2.0
    expectClose(try centred.power(2).mean().item(), 1, absolute: 6 * (2 / Double(count)).squareRoot())
    expectClose(try centred.power(4).mean().item(), 3, absolute: 6 * (96 / Double(count)).squareRoot())
    let beyond = try centred.magnitude().isGreater(than: 1.959964).to(.float64).mean().item()
    expectClose(beyond, 0.05, absolute: 6 * (0.05 * 0.95 / Double(count)).squareRoot())
  }

  @Test func uniformDrawsFillTheirRange() throws {
    let draws = try Initializer(seed: 9).uniform([200_000], from: -3, to: 1).doubles()
    #expect(draws.allSatisfy { $0 >= -3 && $0 <= 1 })
    expectClose(draws.reduce(0, +) / 200_000, -1, absolute: 6 * 4 / (12.0 * 200_000).squareRoot())
    expectClose(draws.min() ?? 0, -3, absolute: 1e-3)
    expectClose(draws.max() ?? 0, 1, absolute: 1e-3)
  }

  /// Kaiming's spread is `sqrt(2 / inputs)`; the root-uniform bound `1 / sqrt(inputs)`.
  @Test func spreadsFollowTheInputs() throws {
    let initializer = Initializer(seed: 5)
    let convolution = try initializer.kaimingNormal([64, 32, 3, 3]).to(.float64).detached()
    let expected = (2.0 / 288).squareRoot()
    expectClose(try convolution.power(2).mean().item().squareRoot(), expected, relative: 0.03)
    let linear = try initializer.inverseRootUniform([100, 400]).doubles()
    #expect(linear.allSatisfy { abs($0) <= 0.05 })
    expectClose(linear.map(abs).max() ?? 0, 0.05, relative: 1e-3)
    #expect(try initializer.inverseRootUniform([8], inputs: 4).doubles().allSatisfy { abs($0) <= 0.5 })
  }

  /// Normal draws by the inverse of the distribution function; a wide one is cut off at 2.
  @Test func truncatedNormalDrawsKeepTheirBounds() throws {
    let count = 200_000
    let narrow = try Initializer(seed: 9).truncatedNormal([count], standardDeviation: 0.02).doubles()
    let variance = narrow.reduce(0) { $0 + $1 * $1 } / Double(count)
    expectClose(variance, 4e-4, absolute: 6 * 4e-4 * (2 / Double(count)).squareRoot())
    expectClose(
      Double(narrow.count { $0 < -0.02 }) / Double(count), 0.158655, absolute: 6 * (0.134 / Double(count)).squareRoot())
    let wide = try Initializer(seed: 9).truncatedNormal([count], standardDeviation: 2).doubles()
    #expect(wide.allSatisfy { (-2...2).contains($0) })
    // Within one standard deviation the density is phi(x) / 0.6826895: the variance is 1 - 2 phi(1) / 0.6826895.
    let share = 4 * (1 - 2 * 0.2419707 / 0.6826895)
    expectClose(wide.reduce(0) { $0 + $1 * $1 } / Double(count), share, absolute: 0.02)
    #expect(try Initializer(seed: 9).truncatedNormal([7], standardDeviation: 1).requiresGradient)
  }

  /// Eight results of nine pixels each for a value of the input: standard deviation `sqrt(2 / 72)`.
  @Test func kaimingNormalCanLookAtOutputs() throws {
    let outputs = try Initializer(seed: 2).kaimingNormalOutputs([8, 64, 3, 3])
    let same = try Initializer(seed: 2).normal([8, 64, 3, 3], standardDeviation: (2.0 / 72).squareRoot())
    #expect(try outputs.isEqual(to: same))
  }

  @Test func outlinesTakeNoMemory() throws {
    let before = Engine.allocatedBytes
    let weight = try Initializer.shapesOnly().normal([100_000, 1000], standardDeviation: 1)
    #expect(weight.shape == [100_000, 1000] && weight.requiresGradient)
    #expect(Engine.allocatedBytes - before < 1_000_000)
  }
}
