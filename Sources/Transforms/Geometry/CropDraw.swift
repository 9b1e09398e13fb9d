import Torch

/// The random numbers of the crop of one image: a pure function of the run's seed, the stream, the step and the position of the image in
/// the global batch, so that neither threads nor ranks nor a resume change them.
public struct CropDraw: Sendable, Hashable {
  private let key0: UInt32
  private let key1: UInt32
  private let step: UInt64
  private let position: UInt32
  private let stream: UInt32

  /// Names the draws.
  ///
  /// - Parameters:
  ///   - seed: the run's seed.
  ///   - stream: the number of the stream within the run, below 2^24.
  ///   - step: the step of the stage.
  ///   - position: the position of the image in the global batch.
  public init(seed: UInt64, stream: Int = 0, step: UInt64, position: Int) {
    let generator = Philox4x32(seed: seed, purpose: .cropping)
    (key0, key1) = (generator.key0, generator.key1)
    (self.step, self.position) = (step, UInt32(truncatingIfNeeded: position))
    self.stream = UInt32(truncatingIfNeeded: stream) << 8
  }

  /// Four random words; `number` is below 256.
  func words(_ number: UInt32) -> Philox4x32.Block {
    Philox4x32(key: (key0, key1)).block(step: step, sample: position, draw: stream | number)
  }

  /// An index in `0..<count` from a word.
  static func index(_ word: UInt32, below count: Int) -> Int { Int(UInt64(word) * UInt64(count) >> 32) }
}
