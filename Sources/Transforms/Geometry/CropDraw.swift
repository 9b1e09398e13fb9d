import Torch

/// Names the random numbers of one image of one batch: a pure function of the run's seed, the stream, the step and the image's place in
/// the global batch, so that neither threads nor ranks nor a resume change them.
public struct CropDraw: Sendable, Hashable {
  private let key0: UInt32
  private let key1: UInt32
  private let step: UInt64
  private let place: UInt32
  private let stream: UInt32

  /// Names the draws.
  ///
  /// - Parameters:
  ///   - seed: the run's seed.
  ///   - stream: the number of the stream within the run, below 2^24.
  ///   - step: the step of the stage.
  ///   - place: the image's place in the global batch.
  public init(seed: UInt64, stream: Int = 0, step: UInt64, place: Int) {
    let generator = Philox4x32(seed: seed, purpose: .cropping)
    (key0, key1) = (generator.key0, generator.key1)
    (self.step, self.place) = (step, UInt32(truncatingIfNeeded: place))
    self.stream = UInt32(truncatingIfNeeded: stream) << 8
  }

  /// Four random words; `number` is below 256.
  func words(_ number: UInt32) -> Philox4x32.Block {
    Philox4x32(key: (key0, key1)).block(step: step, sample: place, draw: stream | number)
  }

  /// An index in `0..<count` from a word.
  static func index(_ word: UInt32, below count: Int) -> Int { Int(UInt64(word) * UInt64(count) >> 32) }
}
