import Torch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Draws the initial values of parameters from a counter-based generator: equal for a seed and the order in which a
/// network is built, whatever the device and the threads.
public final class Initializer {
  private let generator: Philox4x32
  private let drawsValues: Bool
  private var ordinal: UInt64 = 0

  /// An initialiser for one network.
  public init(seed: UInt64) {
    generator = Philox4x32(seed: seed, purpose: .initialisation)
    drawsValues = true
  }

  private init() {
    generator = Philox4x32(seed: 0, purpose: .initialisation)
    drawsValues = false
  }

  /// An initialiser for a network of which only keys, shapes and operations are asked: its weights take no memory and
  /// cannot be set.
  public static func shapesOnly() -> Initializer { Initializer() }

  /// A parameter with independent normal values.
  public func normal(_ shape: [Int], standardDeviation: Double, mean: Double = 0) throws -> Tensor {
    guard drawsValues else { return try blank(shape) }
    let count = shape.reduce(1, *)
    var values = [Float](repeating: 0, count: count)
    let draw = nextDraw()
    var position = 0
    while position < count {
      let words = draw(position / 4)
      for (first, second) in [(words.x, words.y), (words.z, words.w)] {
        let radius = (-2 * log(Double(Philox4x32.openUniform(first)))).squareRoot()
        let angle = 2 * Double.pi * Double(Philox4x32.uniform(second))
        if position < count { values[position] = Float(mean + standardDeviation * radius * cos(angle)) }
        if position + 1 < count { values[position + 1] = Float(mean + standardDeviation * radius * sin(angle)) }
        position += 2
      }
    }
    return try parameter(values, shape)
  }

  /// A parameter with independent values between two bounds.
  public func uniform(_ shape: [Int], from lower: Double, to upper: Double) throws -> Tensor {
    guard drawsValues else { return try blank(shape) }
    let count = shape.reduce(1, *)
    let draw = nextDraw()
    var values = [Float](repeating: 0, count: count)
    for position in 0..<count {
      let share = Double(Philox4x32.uniform(draw(position / 4)[position % 4]))
      values[position] = Float(lower + (upper - lower) * share)
    }
    return try parameter(values, shape)
  }

  /// Normal values with standard deviation `sqrt(2 / inputs)`, which keeps the scale of ReLU networks.
  ///
  /// Source: Delving Deep into Rectifiers, ICCV 2015, equation 10.
  public func kaimingNormal(_ shape: [Int]) throws -> Tensor {
    try normal(shape, standardDeviation: (2 / Double(Initializer.inputCount(shape))).squareRoot())
  }

  /// Normal values with standard deviation `sqrt(2 / outputs)`, where a value of the input goes into `outputs` results.
  public func kaimingNormalOutputs(_ shape: [Int]) throws -> Tensor {
    let outputs = max(1, (shape.first ?? 1) * shape.dropFirst(2).reduce(1, *))
    return try normal(shape, standardDeviation: (2 / Double(outputs)).squareRoot())
  }

  /// Normal values around 0 under the condition that they lie within -2 ... 2, by the inverse of the distribution
  /// function.
  public func truncatedNormal(_ shape: [Int], standardDeviation: Double) throws -> Tensor {
    guard drawsValues else { return try blank(shape) }
    let count = shape.reduce(1, *)
    let draw = nextDraw()
    // Half of the distribution function's range between the bounds, doubled for the error function.
    let bound = erf(2 / standardDeviation / 2.0.squareRoot())
    var shares = [Double](repeating: 0, count: count)
    for first in stride(from: 0, to: count, by: 4) {
      let words = draw(first / 4)
      for position in first..<min(first + 4, count) {
        shares[position] = bound * (2 * Double(Philox4x32.openUniform(words[position - first])) - 1)
      }
    }
    let values = try Tensor(shares, shape: shape).inverseErrorFunction() * (standardDeviation * 2.0.squareRoot())
    return try values.clamped(from: -2.0, to: 2.0).to(.float32).requiringGradient()
  }

  /// Uniform values within `1 / sqrt(inputs)`: the usual default of linear layers and convolutions.
  public func inverseRootUniform(_ shape: [Int], inputs: Int? = nil) throws -> Tensor {
    let bound = 1 / Double(inputs ?? Initializer.inputCount(shape)).squareRoot()
    return try uniform(shape, from: -bound, to: bound)
  }

  /// Uniform values within `sqrt(6 / (inputs + outputs))` for weights of a shape `[outputs, inputs]`.
  public func glorotUniform(_ shape: [Int]) throws -> Tensor {
    let bound = (6 / Double(max(1, Initializer.inputCount(shape) + (shape.first ?? 0)))).squareRoot()
    return try uniform(shape, from: -bound, to: bound)
  }

  /// Rows of length 1 along values that are uniform within -1 and 1.
  public func uniformDirections(_ shape: [Int]) throws -> Tensor {
    let rows = try uniform(shape, from: -1, to: 1)
    guard drawsValues else { return rows }
    return try rows.detached().directions(alongAxis: 1).requiringGradient()
  }

  /// A parameter of equal values.
  public func constant(_ shape: [Int], _ value: Double) throws -> Tensor {
    try Tensor.full(shape, value).requiringGradient()
  }

  private func blank(_ shape: [Int]) throws -> Tensor {
    try Tensor.zeros(shape.map { _ in 1 }).expanded(shape).requiringGradient()
  }

  private func nextDraw() -> (Int) -> Philox4x32.Block {
    let step = ordinal
    ordinal += 1
    return { [generator] index in generator.block(step: step, sample: 0, draw: UInt32(truncatingIfNeeded: index)) }
  }

  private func parameter(_ values: [Float], _ shape: [Int]) throws -> Tensor {
    try Tensor(values, shape: shape).requiringGradient()
  }

  /// The values that one output sums over: all axes but the first.
  private static func inputCount(_ shape: [Int]) -> Int { max(1, shape.dropFirst().reduce(1, *)) }
}
