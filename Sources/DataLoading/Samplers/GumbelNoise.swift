import Torch

/// Counter-based Gumbel noise `-log(-log u)` for the draws of one step, `u` strictly between 0 and 1.
struct GumbelNoise {
  let generator: Philox4x32
  private let step: Tensor
  private let draws: Int

  init(seed: UInt64, step: Tensor, draws: Int) {
    generator = Philox4x32(seed: seed, purpose: .adaptiveSampling)
    self.step = step
    self.draws = draws
  }

  /// The noise of some items, `[items, draws]`, float32.
  func values(firstItem: Int, count: Int) throws -> Tensor {
    let samples = try Tensor.range(firstItem, firstItem + count, on: step.device)
    // A block has four words: those of four draws.
    let blocks = (draws + 3) / 4
    let words = try generator.words(step: step, samples: samples, draws: 0..<blocks)
    let joined = try Tensor.stack(words, axis: 1).reshaped([blocks * 4, count]).narrowed(
      axis: 0, start: 0, count: draws)
    let uniform = try (joined.shiftedRight(by: 9).to(.float32) + 0.5) * 0x1p-23
    return try (-((-(uniform.log())).log())).transposed(0, 1)
  }

  /// A position below the bound of each draw, int64 `[draws]`, from words that no noise of the first `items` items uses.
  func places(below bounds: Tensor, after items: Int) throws -> Tensor {
    let samples = try Tensor.range(items, items + draws, on: step.device)
    let words = try generator.words(step: step, samples: samples, draw: (draws + 3) / 4)
    return try (words[0] * bounds).shiftedRight(by: 32)
  }
}
