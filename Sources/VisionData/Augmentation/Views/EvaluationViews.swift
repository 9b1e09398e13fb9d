import Torch

/// The fixed views of a picture that a model's scores are averaged over when nothing is random.
public enum EvaluationViews: Sendable, Codable, Equatable {
  /// The picture as it is.
  case whole
  /// The picture and its mirror image.
  case mirrored
  /// The shorter side resized, then a square cut out of the middle; sizes in pixels.
  case middle(shortSide: Int, size: Int)
  /// The shorter side resized, then squares cut out of the four corners and the middle, then the same of the mirror image.
  case tenCrops(shortSide: Int, size: Int)

  /// The number of views.
  public var count: Int {
    switch self {
    case .whole, .middle: 1
    case .mirrored: 2
    case .tenCrops: 10
    }
  }

  /// The views of pictures, each `[batch, height, width, 3]`, uint8.
  ///
  /// - Parameters:
  ///   - pictures: uint8 `[batch, height, width, 3]`.
  ///   - interpolation: for resizing.
  /// - Throws: `TorchError` when a square is larger than the resized picture.
  public func callAsFunction(_ pictures: Tensor, interpolation: PictureInterpolation = .bilinear) throws -> [Tensor] {
    switch self {
    case .whole: return [pictures]
    case .mirrored: return [pictures, try pictures.flipped(axes: [2])]
    case .middle(let shortSide, let size):
      let resized = try Self.resized(pictures, shortSide: shortSide, interpolation)
      return [try Self.middle(of: resized, size: size)]
    case .tenCrops(let shortSide, let size):
      let resized = try Self.resized(pictures, shortSide: shortSide, interpolation)
      return try Self.fiveCrops(of: resized, size: size) + Self.fiveCrops(of: resized.flipped(axes: [2]), size: size)
    }
  }

  /// The mean scores of a model over the views.
  ///
  /// - Parameters:
  ///   - pictures: uint8 `[batch, height, width, 3]`.
  ///   - normalization: how views become inputs.
  ///   - scores: the model: inputs to logits `[batch, classes]`.
  public func meanScores(
    of pictures: Tensor, normalization: Normalization, scores: (Tensor) throws -> Tensor
  ) throws -> Tensor {
    let all = try callAsFunction(pictures).map { try scores(normalization($0)) }
    return try all.count == 1 ? all[0] : Tensor.stack(all).mean(alongAxes: [0])
  }

  private static func fiveCrops(of pictures: Tensor, size: Int) throws -> [Tensor] {
    let (bottom, right) = (pictures.shape[1] - size, pictures.shape[2] - size)
    let corners = try [(0, 0), (0, right), (bottom, 0), (bottom, right)].map { row, column in
      try pictures.narrowed(axis: 1, start: row, count: size).narrowed(axis: 2, start: column, count: size)
    }
    return corners + [try middle(of: pictures, size: size)]
  }

  private static func resized(_ pictures: Tensor, shortSide: Int, _ interpolation: PictureInterpolation) throws
    -> Tensor
  {
    let (height, width) = (pictures.shape[1], pictures.shape[2])
    // The longer side is cut to whole pixels, as torchvision does it.
    let resizing =
      height <= width
      ? PictureResizing(height: shortSide, width: shortSide * width / height, interpolation: interpolation)
      : PictureResizing(height: shortSide * height / width, width: shortSide, interpolation: interpolation)
    return try resizing(pictures)
  }

  private static func middle(of pictures: Tensor, size: Int) throws -> Tensor {
    // Half pixels go to the even neighbour, as torchvision does it.
    func start(_ length: Int) -> Int { Int((Double(length - size) / 2).rounded(.toNearestOrEven)) }
    return try pictures.narrowed(axis: 1, start: start(pictures.shape[1]), count: size)
      .narrowed(axis: 2, start: start(pictures.shape[2]), count: size)
  }
}
