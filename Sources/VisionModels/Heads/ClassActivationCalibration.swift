import NeuralNetworks
import Torch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Pools a feature map so that positions which resemble learned prototypes, shared by all images, weigh more.
///
/// With cosines `r[x, k]` between the features of position `x` and prototype `k`, and `N` positions: `e[x] = (log sum_k
/// exp(sharpness r[x, k]) - log K) / sharpness`, attention `a = N softmax_x(e / temperature)` with mean 1, weights `v =
/// 1 - strength + strength a`, and the calibrated features are the mean of `v[x]` times the features of `x`.
///
/// The paper's own module is not public: this is the project's definition of it ("CAMC, project variant"), made to
/// satisfy its abstract.
/// - Shapes: maps `[batch, channels, height, width]`.
/// - Source: after Calibrating Class Activation Maps for Long-Tailed Visual Recognition, 2021.
public final class ClassActivationCalibration: Module {
  /// The pooled features of a batch, and how they were weighted.
  public struct Output {
    /// The attention, `[batch, height, width]`, mean 1 in each image.
    public let attention: Tensor
    /// The weight of each position, `[batch, height, width]`, mean 1 in each image.
    public let weights: Tensor
    /// The plain means over positions, `[batch, channels]`.
    public let plain: Tensor
    /// The weighted means over positions, `[batch, channels]`.
    public let calibrated: Tensor
  }

  /// One prototype per row, `[prototypes, channels]`.
  public let prototypes: Tensor
  /// The sharpness of the maximum over prototypes; above 0.
  public let sharpness: Double
  /// The temperature of the softmax over positions; above 0.
  public let temperature: Double
  /// The weight of the attention, within 0...1; 0 is plain average pooling.
  public let strength: Double

  /// Makes a module whose prototypes are random unit vectors.
  /// - Throws: `ParameterError` for a setting outside its range.
  public init(
    channels: Int, prototypes count: Int = 16, sharpness: Double = 10, temperature: Double = 0.5,
    strength: Double = 0.5, using initializer: Initializer
  ) throws {
    guard count > 0 else { throw ParameterError("prototypes", "\(count)", expected: "at least 1") }
    try ClassActivationCalibration.check(sharpness: sharpness, temperature: temperature, strength: strength)
    let start = try initializer.normal([count, channels], standardDeviation: 1)
    prototypes = try withoutGradients { try start.detached().directions(alongAxis: 1) }.requiringGradient()
    self.sharpness = sharpness
    self.temperature = temperature
    self.strength = strength
  }

  /// `prototypes`
  public override var parameters: [NamedTensor] { [NamedTensor("prototypes", prototypes)] }

  /// Pools maps.
  public func callAsFunction(_ map: Tensor) throws -> Output {
    try ClassActivationCalibration.pooled(
      map, prototypes: prototypes, sharpness: sharpness, temperature: temperature, strength: strength)
  }

  /// Pools maps with given prototypes. Attention is computed in float32 at least.
  /// - Throws: `ParameterError` for a setting outside its range.
  public static func pooled(
    _ map: Tensor, prototypes: Tensor, sharpness: Double, temperature: Double, strength: Double
  ) throws -> Output {
    try check(sharpness: sharpness, temperature: temperature, strength: strength)
    let (batch, height, width) = (map.shape[0], map.shape[2], map.shape[3])
    let dtype: DType = map.dtype == .float64 ? .float64 : .float32
    let places = try map.flattened(fromAxis: 2).transposed(1, 2).to(dtype)
    let plain = try places.mean(alongAxes: [1])
    let cosines = try places.directions(alongAxis: 2)
      .linear(weight: prototypes.to(dtype).directions(alongAxis: 1)).to(dtype)
    let count = log(Double(prototypes.shape[0]))
    let highest = try ((cosines * sharpness).logSumExp(alongAxes: [2]) - count) * (1 / sharpness)
    let attention = try (highest * (1 / temperature)).softmax(alongAxis: 1) * Double(height * width)
    // The plain mean itself where the attention does not count, bit for bit.
    let weights = try attention * strength + (1 - strength)
    let calibrated =
      strength == 0 ? plain : try (places * weights.expandingAxis(2)).mean(alongAxes: [1])
    let shape = [batch, height, width]
    return Output(
      attention: try attention.reshaped(shape), weights: try weights.reshaped(shape), plain: plain,
      calibrated: calibrated)
  }

  /// The activation maps of all classes, `[batch, classes, height, width]`: at each position the product of its
  /// features with each class's normalised weights. The mean over positions is the product with the pooled features.
  /// - Parameters:
  ///   - map: `[batch, channels, height, width]`.
  ///   - classWeights: `[classes, channels]`.
  ///   - weights: the weight of each position, `[batch, height, width]`, for the calibrated maps.
  public static func activationMaps(_ map: Tensor, classWeights: Tensor, weights: Tensor? = nil) throws -> Tensor {
    let directions = try classWeights.directions(alongAxis: 1)
    let maps = try map.convolved(with: directions.reshaped(directions.shape + [1, 1]))
    return try weights.map { try maps * $0.expandingAxis(1) } ?? maps
  }

  private static func check(sharpness: Double, temperature: Double, strength: Double) throws {
    guard sharpness > 0, sharpness.isFinite else {
      throw ParameterError("calibration sharpness", "\(sharpness)", expected: "a finite number above 0")
    }
    guard temperature > 0, temperature.isFinite else {
      throw ParameterError("attention temperature", "\(temperature)", expected: "a finite number above 0")
    }
    guard (0...1).contains(strength) else {
      throw ParameterError("calibration strength", "\(strength)", expected: "within 0...1")
    }
  }
}
