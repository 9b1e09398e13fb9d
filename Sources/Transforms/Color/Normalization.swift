import Serialization
import Torch

/// How pixel values become network inputs: `(value / 255 - mean) / standardDeviation` per channel.
public struct Normalization: Settings {
  /// The mean of red, green and blue in 0...1.
  @Within(-1000...1000) public var mean = [0.485, 0.456, 0.406]
  /// The standard deviation of red, green and blue in 0...1.
  @Within(above: 0, upTo: 1000) public var standardDeviation = [0.229, 0.224, 0.225]

  /// The usual constants of CIFAR-10 and CIFAR-100.
  public static let cifar = Normalization(mean: [0.4914, 0.4822, 0.4465], standardDeviation: [0.2023, 0.1994, 0.2010])
  /// The usual constants of ImageNet.
  public static let imageNet = Normalization()

  /// The constants of iNaturalist 2018 in published long-tail code.
  public static let iNaturalist = Normalization(
    mean: [0.466, 0.471, 0.380], standardDeviation: [0.195, 0.194, 0.192])

  /// The constants of ImageNet.
  public init() {}

  /// Makes a rule from three means and three standard deviations.
  public init(mean: [Double], standardDeviation: [Double]) {
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  /// Network inputs from images.
  /// - Shapes: uint8 `[batch, height, width, 3]` to float32 `[batch, 3, height, width]`, channels last in memory.
  public func callAsFunction(_ images: Tensor) throws -> Tensor {
    let shape = images.shape
    let (shift, scale) = try constants(on: images.device)
    // Over whole rows of pixels instead of three channels at a time, which is several times faster.
    func row(_ values: Tensor) throws -> Tensor { try values.reshaped([1, 3]).expanded([shape[2], 3]).reshaped([-1]) }
    let inputs = try (images.reshaped([-1, shape[2] * 3]).to(.float32) - row(shift)) / row(scale)
    return try inputs.reshaped(shape).permuted([0, 3, 1, 2])
  }

  /// Images from network inputs, rounded and limited to 0...255.
  /// - Shapes: float32 `[batch, 3, height, width]` to uint8 `[batch, height, width, 3]`.
  public func undone(_ inputs: Tensor) throws -> Tensor {
    let (shift, scale) = try constants(on: inputs.device)
    return try (inputs * scale + shift).rounded().clamped(from: 0.0, to: 255.0).to(.uint8).permuted([0, 2, 3, 1])
  }

  private func constants(on device: Device) throws -> (shift: Tensor, scale: Tensor) {
    // In float32 as they were before they became constants of the device.
    func placed(_ values: [Double]) throws -> Tensor {
      try DeviceConstants.tensor(values.map { Double(Float($0 * 255)) }, shape: [1, 3, 1, 1], on: device)
    }
    return (try placed(mean), try placed(standardDeviation))
  }

  /// One number per channel.
  public func checkTogether(_ checks: inout SettingChecks) {
    checks.count("mean", mean, 3...3)
    checks.count("standardDeviation", standardDeviation, 3...3)
  }
}
