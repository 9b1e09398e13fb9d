import LongtailTestSupport
import Testing
import Torch

/// NaN and infinities propagate.
@Suite struct NotANumberTests {
  private let values = [1.0, .nan, -2, .infinity, -.infinity]

  @Test func arithmeticPropagatesThem() throws {
    let tensor = try Tensor(values)
    #expect(try tensor.sum().item().isNaN)
    #expect(try tensor.mean().item().isNaN)
    #expect(try tensor.max(alongAxes: [0]).item().isNaN)
    #expect(try tensor.min(alongAxes: [0]).item().isNaN)
    #expect(try tensor.maximum(Tensor.zeros([5], dtype: .float64)).doubles()[1].isNaN)
    #expect(try tensor.clamped(from: -1, to: 1).doubles()[1].isNaN)
    #expect(try tensor.relu().doubles()[1].isNaN)
    #expect(try (tensor * 0.0).doubles().map(\.isNaN) == [false, true, false, true, true])
    #expect(try tensor.softmax().doubles().allSatisfy(\.isNaN))
    #expect(try Tensor([0.0]).log().item() == -.infinity)
    #expect(try Tensor([-1.0]).squareRoot().item().isNaN)
    #expect(try (Tensor([1.0]) / Tensor([0.0])).item() == .infinity)
  }

  @Test func comparisonsWithThemAreFalse() throws {
    let tensor = try Tensor(values)
    #expect(try tensor.isFinite().values(as: Bool.self) == [true, false, true, false, false])
    #expect(try tensor.isGreater(than: 0).values(as: Bool.self) == [true, false, false, true, false])
    #expect(try tensor.isLess(than: 0).values(as: Bool.self) == [false, false, true, false, true])
    #expect(try tensor.isAtLeast(-2).values(as: Bool.self) == [true, false, true, true, false])
    #expect(try tensor.equals(tensor).values(as: Bool.self) == [true, false, true, true, true])
    #expect(try tensor.isFinite().not().any().item() == 1)
    #expect(try tensor.isFinite().all().item() == 0)
    #expect(try !tensor.isEqual(to: tensor))
  }

  /// They sort as the largest, which `argmax` shares.
  @Test func orderPutsThemLast() throws {
    let sorted = try Tensor(values).sorted()
    #expect(try sorted.indices.integers() == [4, 2, 0, 3, 1])
    #expect(try Tensor(values).indexOfMax(alongAxis: 0).item() == 1)
    #expect(try Tensor(values).top(2).indices.integers() == [1, 3])
  }

  @Test func equalElementsKeepTheirOrder() throws {
    let tensor = try Tensor([2.0, 1, 2, 1, 2])
    #expect(try tensor.sorted().indices.integers() == [1, 3, 0, 2, 4])
    #expect(try tensor.sorted(descending: true).indices.integers() == [0, 2, 4, 1, 3])
    #expect(try tensor.indexOfMax(alongAxis: 0).item() == 0)
  }
}
