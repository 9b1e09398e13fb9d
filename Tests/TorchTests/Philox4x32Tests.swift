import LongtailTestSupport
import Testing
import Torch

@Suite struct Philox4x32Tests {
  /// The known-answer vectors published with the generator: zeros, ones, digits of pi.
  @Test(arguments: [
    (
      Philox4x32.Block(0, 0, 0, 0), UInt32(0), UInt32(0),
      Philox4x32.Block(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)
    ),
    (
      Philox4x32.Block(.max, .max, .max, .max), UInt32.max, UInt32.max,
      Philox4x32.Block(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
    ),
    (
      Philox4x32.Block(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), 0xa409_3822, 0x299f_31d0,
      Philox4x32.Block(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
    ),
  ])
  func knownAnswers(counter: Philox4x32.Block, key0: UInt32, key1: UInt32, expected: Philox4x32.Block) {
    #expect(Philox4x32(key: (key0, key1)).block(counter: counter) == expected)
  }

  @Test func keyIsSeedAndPurpose() {
    #expect(Philox4x32(seed: 7, purpose: .dropout) == Philox4x32(key: (7, 5)))
    #expect(Philox4x32(seed: 7 + 1 << 32, purpose: .dropout) == Philox4x32(key: (7, 5 &+ 0x9E37_79B9)))
  }

  /// Stored runs depend on these numbers.
  @Test func purposesKeepTheirValues() {
    let values: [RandomPurpose: UInt32] = [
      .permutation: 1, .sampling: 2, .augmentation: 3, .mixing: 4, .dropout: 5, .dropPath: 6, .initialisation: 7,
      .adaptiveSampling: 8, .noise: 9, .splitting: 10, .drawing: 11, .erasing: 12, .cropping: 13,
    ]
    #expect(values.count == RandomPurpose.allCases.count)
    for (purpose, value) in values { #expect(purpose.rawValue == value) }
  }

  @Test func stepSampleAndDrawAreCounterWords() {
    let random = Philox4x32(seed: 3, purpose: .mixing)
    #expect(random.block(step: 5 + 9 << 32, sample: 2, draw: 1) == random.block(counter: .init(1, 2, 5, 9)))
  }

  @Test func uniformEnds() {
    #expect(Philox4x32.uniform(0) == 0)
    #expect(Philox4x32.uniform(.max) == 1 - 0x1p-24)
    #expect(Philox4x32.openUniform(0) == 0x1p-24)
    #expect(Philox4x32.openUniform(.max) == 1 - 0x1p-24)
    #expect(Philox4x32.uniform(0, 0) == 0.0)
    #expect(Philox4x32.uniform(.max, .max) == 1 - 0x1p-53)
  }

  /// Mean 1/2 and variance 1/12 within five standard errors, in every word.
  @Test func uniformMoments() {
    let random = Philox4x32(seed: 11, purpose: .noise)
    let count = 20_000
    for word in 0..<4 {
      let draws = (0..<count).map {
        Double(Philox4x32.uniform(random.block(step: 0, sample: UInt32($0), draw: 0)[word]))
      }
      let mean = draws.reduce(0, +) / Double(count)
      let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
      expectClose(mean, 0.5, absolute: 5 * (1 / 12.0 / Double(count)).squareRoot())
      expectClose(variance, 1 / 12.0, absolute: 5 * (1 / 180.0 / Double(count)).squareRoot())
    }
  }
}
