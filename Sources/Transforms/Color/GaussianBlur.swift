import Torch

/// Gaussian blur with one standard deviation per image; borders are reflected without repeating the edge.
public struct GaussianBlur: Sendable {
  /// The radius of the kernel in pixels.
  public let radius: Int

  /// Makes a blur with a kernel of `2 radius + 1` pixels.
  public init(radius: Int) { self.radius = radius }

  /// The usual radius for images of a size: a twentieth of it, so that the kernel has a tenth.
  public init(forSide side: Int) { radius = max(1, Int((Double(side) / 20).rounded())) }

  /// Blurs each image.
  ///
  /// - Parameters:
  ///   - images: uint8 `[batch, height, width, 3]`.
  ///   - sigmas: the standard deviation for each image in pixels, float64 `[batch]`, positive.
  /// - Returns: uint8 of the same shape, rounded to the nearest level.
  public func callAsFunction(_ images: Tensor, sigmas: Tensor) throws -> Tensor {
    let (batch, height, width) = (images.shape[0], images.shape[1], images.shape[2])
    // Reflection needs images larger than the kernel's radius.
    let reach = min(radius, height - 1, width - 1)
    guard reach > 0 else { return images }
    let weights = try weights(sigmas, reach: reach)
    let padded = try images.entries(at: Self.mirrored(height, reach, images.device), axis: 1)
      .entries(at: Self.mirrored(width, reach, images.device), axis: 2)
    let size = [height + 2 * reach, width + 2 * reach]
    let planes = try padded.permuted([0, 3, 1, 2]).to(.float32).contiguous().reshaped([1, batch * 3] + size)
    // One group per image and channel: each plane has its own weights.
    let across = try planes.convolved(with: weights.reshaped([batch * 3, 1, 1, 2 * reach + 1]), groups: batch * 3)
    let down = try across.convolved(with: weights.reshaped([batch * 3, 1, 2 * reach + 1, 1]), groups: batch * 3)
    return try down.reshaped([batch, 3, height, width]).rounded().clamped(from: 0.0, to: 255.0).to(.uint8)
      .permuted([0, 2, 3, 1]).contiguous()
  }

  /// `[batch * 3, window]`
  private func weights(_ sigmas: Tensor, reach: Int) throws -> Tensor {
    let places = try Tensor.range(-reach, reach + 1, dtype: .float64, on: sigmas.device).reshaped([1, -1])
    let scaled = try places / sigmas.reshaped([-1, 1])
    let bells = try (scaled * scaled * -0.5).exp()
    return try (bells / bells.sum(alongAxes: [1], keepingAxes: true)).to(.float32).repeatingEntries(3, axis: 0)
  }

  private static func mirrored(_ length: Int, _ reach: Int, _ device: Device) throws -> Tensor {
    let places = (-reach..<length + reach).map { place in
      Double(place < 0 ? -place : place >= length ? 2 * (length - 1) - place : place)
    }
    return try DeviceConstants.tensor(places, dtype: .int64, on: device)
  }
}
