import LongtailTestSupport
import Testing
import Torch

/// The generator as tensor operations against the host implementation.
@Suite struct PhiloxTensorTests {
  @Test func wordsAreEqual() throws {
    try withRandomCases(40) { generator in
      let purposes = RandomPurpose.allCases
      let purpose = purposes[Int.random(in: 0..<purposes.count, using: &generator)]
      let random = Philox4x32(seed: generator.next(), purpose: purpose)
      // Steps of every size, those above 2^32 included.
      let step = Int(generator.next() >> UInt64.random(in: 1...63, using: &generator))
      let samples = (0..<17).map { _ in Int(generator.next() >> UInt64.random(in: 32...63, using: &generator)) }
      let draw = Int(generator.next() >> UInt64.random(in: 32...63, using: &generator))
      let words = try random.words(step: Tensor(scalar: step), samples: Tensor(samples), draw: draw)
      let expected = samples.map {
        random.block(step: UInt64(step), sample: UInt32($0), draw: UInt32(draw))
      }
      for index in 0..<4 {
        #expect(try words[index].values(as: Int.self) == expected.map { Int($0[index]) }, CaseContext.note)
      }
    }
  }

  @Test func extremeCountersAreEqual() throws {
    for (seed, step) in [(UInt64.min, Int.max), (.max, 0), (.max, Int.max), (1 << 32, 1 << 32), (0, (1 << 32) - 1)] {
      let random = Philox4x32(seed: seed, purpose: .augmentation)
      let samples = [0, 1, Int(UInt32.max)]
      let words = try random.words(step: Tensor(scalar: step), samples: Tensor(samples), draw: Int(UInt32.max))
      let expected = samples.map { random.block(step: UInt64(step), sample: UInt32($0), draw: .max) }
      for index in 0..<4 { #expect(try words[index].values(as: Int.self) == expected.map { Int($0[index]) }) }
    }
  }

  @Test func numbersAreEqual() throws {
    var generator = SeededGenerator(seed: 6)
    let words = (0..<200).map { _ in UInt32(truncatingIfNeeded: generator.next()) } + [0, 1, 255, 256, .max]
    let tensor = try Tensor(words.map(Int.init))
    let uniform: (UInt32) -> Float = Philox4x32.uniform
    #expect(try Philox4x32.uniform(tensor).values(as: Float.self) == words.map(uniform))
    for bound in [1, 2, 9, 1000, 1 << 20, 1 << 31] {
      let expected = words.map { Int((UInt64($0) * UInt64(bound)) >> 32) }
      #expect(try Philox4x32.integers(tensor, below: bound).values(as: Int.self) == expected)
    }
  }

  @Test func noSamplesAreNoWords() throws {
    let random = Philox4x32(seed: 1, purpose: .mixing)
    #expect(
      try random.words(step: Tensor(scalar: 0), samples: Tensor([Int]()), draw: 0).map(\.shape) == [[0], [0], [0], [0]])
  }
}
