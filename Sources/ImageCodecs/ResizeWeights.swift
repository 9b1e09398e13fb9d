/// The weights by which one axis is resampled: triangle filter, widened by the scale when shrinking.
///
/// Output position `i` is the sum over `k` of `weights[i * stride + k] * input[starts[i] + k]`, in fixed point.
/// Source: as Pillow's `BILINEAR`, including its fixed-point precision, so that results agree to the bit.
struct ResizeWeights {
  /// Bits after the binary point of a weight: 32, less 8 for the pixel and 2 of room for sums above 1.
  static let fractionBits = 22

  let starts: [Int]
  let counts: [Int]
  let stride: Int
  let weights: [Int32]

  init(from inputLength: Int, to outputLength: Int) {
    let scale = Double(inputLength) / Double(outputLength)
    let support = max(scale, 1)  // half the filter's width, in input pixels
    let stride = Int(support.rounded(.up)) * 2 + 1
    var starts = [Int]()
    var counts = [Int]()
    var weights = [Int32](repeating: 0, count: outputLength * stride)
    for i in 0..<outputLength {
      let center = (Double(i) + 0.5) * scale
      let first = max(Int(center - support + 0.5), 0)
      let end = min(Int(center + support + 0.5), inputLength)
      let plain = (first..<end).map { max(1 - abs((Double($0) - center + 0.5) / support), 0) }
      let sum = plain.reduce(0, +)
      starts.append(first)
      counts.append(end - first)
      for (k, weight) in plain.enumerated() {
        let scaled = weight / sum * Double(1 << Self.fractionBits)
        weights[i * stride + k] = Int32(scaled + 0.5)
      }
    }
    (self.starts, self.counts, self.stride, self.weights) = (starts, counts, stride, weights)
  }
}
