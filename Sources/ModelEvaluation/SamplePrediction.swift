/// The prediction for one sample: the predicted class, its confidence, and the rank of the true class.
public struct SamplePrediction: Sendable, Equatable {
  /// The predicted class: the one with the largest logit, the lowest of a tie.
  public let label: Int32
  /// How many classes rank before the true one: larger logit, or equal logit and lower index. The prediction is among
  /// the top `k` when this is below `k`.
  public let rank: Int32
  /// Softmax probability of the predicted class, in 0...1.
  public let confidence: Float

  private typealias Lanes = SIMD8<Float>
  private static let width = 8

  /// Computes the prediction of a row of logits in two passes.
  ///
  /// - Parameters:
  ///   - row: logits of all classes; not empty.
  ///   - truth: the true class, an index within the row.
  init(row: UnsafeBufferPointer<Float>, truth: Int) {
    guard let largest = Self.largestValue(row) else {
      (label, rank, confidence) = (Self.undefinedLabel, 0, 0)
      return
    }
    let (sum, before) = Self.scan(row, largest: largest, truth: truth)
    rank = Int32(before)
    label = Int32(before == 0 ? truth : Self.firstIndex(of: largest, in: row))
    confidence = 1 / sum
  }

  /// Whether the row has a finite largest logit and no NaN.
  var isDefined: Bool { label != Self.undefinedLabel }

  private static let undefinedLabel: Int32 = -1

  /// The largest logit, or `nil` when one is NaN or the largest is infinite (there is no softmax then).
  private static func largestValue(_ row: UnsafeBufferPointer<Float>) -> Float? {
    var largest = Lanes(repeating: -.infinity)
    var unordered = SIMDMask<SIMD8<Int32>>(repeating: false)
    for index in stride(from: 0, to: row.count, by: width) {
      let lanes = lanes(row, at: index)
      largest.replace(with: lanes, where: lanes .> largest)
      unordered .|= lanes .!= lanes
    }
    let result = largest.max()
    return any(unordered) || !result.isFinite ? nil : result
  }

  /// The sum of `exp(logit - largest)`, and how many classes rank before the true one.
  ///
  /// Before the true class an equal logit ranks first too: there logits are compared with the next smaller number.
  private static func scan(
    _ row: UnsafeBufferPointer<Float>, largest: Float, truth: Int
  ) -> (sum: Float, before: Int) {
    let logit = row[truth]
    let truthStart = truth & ~(width - 1)
    let truthEnd = min(truthStart + width, row.count)
    var mixed = Lanes(repeating: logit)
    for lane in 0..<truth - truthStart { mixed[lane] = logit.nextDown }
    var state = ScanState()
    scan(row, from: 0, to: truthStart, above: Lanes(repeating: logit.nextDown), largest: largest, &state)
    scan(row, from: truthStart, to: truthEnd, above: mixed, largest: largest, &state)
    scan(row, from: truthEnd, to: row.count, above: Lanes(repeating: logit), largest: largest, &state)
    // No number is smaller than minus infinity, so equal logits before such a class have not been counted.
    let tied = logit == -.infinity ? row[..<truth].count { $0 == logit } : 0
    return (state.sum.sum(), Int(state.before.wrappedSum()) + tied)
  }

  private struct ScanState {
    var sum = Lanes(repeating: 0)
    var before = SIMD8<Int32>(repeating: 0)
  }

  @inline(__always)
  private static func scan(
    _ row: UnsafeBufferPointer<Float>, from start: Int, to end: Int, above threshold: Lanes, largest: Float,
    _ state: inout ScanState
  ) {
    let shift = Lanes(repeating: largest)
    let zero = SIMD8<Int32>(repeating: 0)
    var (sum, before) = (state.sum, state.before)
    for index in stride(from: start, to: end, by: width) {
      let lanes = lanes(row, at: index)
      sum += exponential(lanes - shift)
      before &+= zero.replacing(with: 1, where: lanes .> threshold)
    }
    (state.sum, state.before) = (sum, before)
  }

  /// The first class with a value that occurs in the row.
  private static func firstIndex(of value: Float, in row: UnsafeBufferPointer<Float>) -> Int {
    let wanted = Lanes(repeating: value)
    var index = 0
    while !any(lanes(row, at: index) .== wanted) { index += width }
    while row[index] != value { index += 1 }
    return index
  }

  /// Eight logits from an index on; beyond the end of the row they are minus infinity.
  @inline(__always)
  private static func lanes(_ row: UnsafeBufferPointer<Float>, at index: Int) -> Lanes {
    if index + width <= row.count, let base = row.baseAddress {
      return UnsafeRawPointer(base + index).loadUnaligned(as: Lanes.self)
    }
    var last = Lanes(repeating: -.infinity)
    for lane in 0..<row.count - index { last[lane] = row[index + lane] }
    return last
  }

  /// `exp` of values of at most 0, with a relative error below 1e-6 (for values above -8); `2^-124` for values below.
  ///
  /// `exp(x) = 2^n * 2^f` with `n` the integer nearest to `x / ln 2`. Adding 1.5 * 2^23 leaves `n` in the low bits of
  /// the sum, from where it is shifted into the exponent. The polynomial is the one of degree 5 with the least relative
  /// error for `2^f`, `|f| <= 1/2` (1e-7), that is exactly 1 at 0, so that no confidence exceeds 1.
  @inline(__always)
  private static func exponential(_ values: Lanes) -> Lanes {
    let product = values * 1.442_695_04
    let lowest = Lanes(repeating: -124)
    let scaled = lowest.replacing(with: product, where: product .> lowest)
    let magic = scaled + 12_582_912
    let rest = scaled - (magic - 12_582_912)
    var power = rest * 1.326_472_721e-3 + 9.671_512_813e-3
    power = power * rest + 5.550_733_745e-2
    power = power * rest + 2.402_224_208e-1
    power = power * rest + 6.931_469_776e-1
    power = power * rest + 1
    let exponent = unsafeBitCast(magic, to: SIMD8<UInt32>.self) &<< 23
    return unsafeBitCast(unsafeBitCast(power, to: SIMD8<UInt32>.self) &+ exponent, to: Lanes.self)
  }
}
