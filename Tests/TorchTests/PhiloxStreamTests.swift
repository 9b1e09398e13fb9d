import LongtailTestSupport
import Testing
import Torch

@Suite struct PhiloxStreamTests {
  private let generator = Philox4x32(seed: 1, purpose: .permutation)

  @Test func wordsAreTheBlocksInOrder() {
    var stream = PhiloxStream(generator, 4, 5, 6)
    for block in 0..<3 as Range<UInt32> {
      let expected = generator.block(counter: .init(block, 4, 5, 6))
      for word in 0..<4 { #expect(stream.next() == expected[word]) }
    }
  }

  /// Every value of a small range comes equally often, within five standard deviations.
  @Test(arguments: [1, 2, 3, 7, 10] as [UInt32])
  func boundedIntegersAreEven(bound: UInt32) {
    var stream = PhiloxStream(generator, bound)
    let draws = 30_000
    var seen = [Int](repeating: 0, count: Int(bound))
    for _ in 0..<draws { seen[Int(stream.next(below: bound))] += 1 }
    let share = 1 / Double(bound)
    let deviation = (Double(draws) * share * (1 - share)).squareRoot()
    for count in seen { expectClose(Double(count), Double(draws) * share, absolute: 5 * deviation) }
  }

  /// For a bound of 3 * 2^30 a plain multiplication would make every third value twice as likely.
  @Test func largeBoundsAreRejectedWithoutBias() {
    var stream = PhiloxStream(generator, 1)
    let draws = 30_000
    var multiples = 0
    for _ in 0..<draws where stream.next(below: 3 << 30) % 3 == 0 { multiples += 1 }
    let expected = Double(draws) / 3
    expectClose(Double(multiples), expected, absolute: 5 * (expected * 2 / 3).squareRoot())
  }

  /// All six orders of three elements come equally often.
  @Test func shufflesAreEven() {
    var stream = PhiloxStream(generator, 2)
    let draws = 30_000
    var seen: [[Int]: Int] = [:]
    for _ in 0..<draws {
      var elements = [0, 1, 2]
      stream.shuffle(&elements)
      seen[elements, default: 0] += 1
    }
    #expect(seen.count == 6)
    let deviation = (Double(draws) / 6 * 5 / 6).squareRoot()
    for count in seen.values { expectClose(Double(count), Double(draws) / 6, absolute: 5 * deviation) }
  }

  @Test func emptyAndSingleListsStay() {
    var stream = PhiloxStream(generator, 3)
    var empty: [Int] = []
    var single = [9]
    stream.shuffle(&empty)
    stream.shuffle(&single)
    #expect(empty.isEmpty)
    #expect(single == [9])
  }
}
