import Torch

/// A data set that lives on the device as one uint8 tensor, so that a batch is one gather.
public struct DeviceImages: @unchecked Sendable {
  /// `[count, height, width, 3]`, uint8.
  public let pixels: Tensor
  /// `[count]`, int64, on the same device.
  public let labels: Tensor
  /// The labels on the processor.
  public let hostLabels: [Int32]

  /// Copies images to a device.
  /// - Parameters:
  ///   - bytes: red, green and blue of each pixel, rows from the top, images one after another.
  ///   - side: the width and height of each image in pixels.
  ///   - labels: the class of each image.
  ///   - device: the device.
  /// - Throws: `TorchError` when there are not as many bytes as labels need.
  public init(bytes: [UInt8], side: Int, labels: [Int32], on device: Device) throws {
    let host = try bytes.withUnsafeBytes {
      try Tensor(copying: $0, dtype: .uint8, shape: [labels.count, side, side, 3])
    }
    pixels = try host.to(device)
    self.labels = try Tensor(labels.map(Int.init), on: device)
    hostLabels = labels
  }

  /// The number of images.
  public var count: Int { hostLabels.count }
  /// The width and height of each image in pixels.
  public var side: Int { pixels.shape[1] }
  /// The device of the images.
  public var device: Device { pixels.device }

  /// The images at some indices, `[batch, height, width, 3]`, uint8.
  public func images(at indices: Tensor) throws -> Tensor { try pixels.entries(at: indices) }
}
