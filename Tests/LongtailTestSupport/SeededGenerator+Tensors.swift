import Torch

/// Values that Python scripts can make too (`residual_network.py` beside the fixtures of the models).
extension SeededGenerator {
  /// Float32 numbers between two bounds, computed in float64 and rounded once.
  public mutating func uniform(_ shape: [Int], _ lower: Double, _ upper: Double) throws -> Tensor {
    let values = (0..<shape.reduce(1, *)).map { _ in
      Float(lower + (upper - lower) * (Double(next() >> 11) * 0x1p-53))
    }
    return try Tensor(values, shape: shape)
  }

  /// Bytes.
  public mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 56) }
  }

  /// Weights and buffers of a network by rule, in the order given; counters of batches are left out.
  public mutating func weights(_ layouts: [(name: String, shape: [Int])]) throws -> [String: Tensor] {
    var result: [String: Tensor] = [:]
    for (name, shape) in layouts where !name.hasSuffix("num_batches_tracked") {
      if shape.count > 1 {
        let bound = (6 / Double(shape.dropFirst().reduce(1, *))).squareRoot()
        result[name] = try uniform(shape, -bound, bound)
      } else if name.hasSuffix("running_var") {
        result[name] = try uniform(shape, 0.5, 1.5)
      } else if name.hasSuffix("weight") {
        result[name] = try uniform(shape, 0.2, 0.8)
      } else {
        result[name] = try uniform(shape, -0.1, 0.1)
      }
    }
    return result
  }
}
