import Torch

/// Mixup and CutMix of pairs of images with given parameters; `Augmentation.mix` draws the parameters.
///
/// - Source: mixup: Beyond Empirical Risk Minimization, ICLR 2018; CutMix: Regularization Strategy to Train Strong Classifiers with
///   Localizable Features, ICCV 2019.
public struct ImageMixing {
  /// The share of the own image before clipping a rectangle, float64 `[batch]`.
  public let shares: Tensor
  /// Where CutMix is applied instead of Mixup, `[batch]`.
  public let isCut: Tensor
  /// The middle of the rectangle, `[row, column]`, int64 `[batch]` each.
  public let middle: (row: Tensor, column: Tensor)
  /// The partner of each image.
  public let pairs: Augmentation.Mixing.Pairs

  /// Makes a mixing.
  public init(shares: Tensor, isCut: Tensor, middle: (row: Tensor, column: Tensor), pairs: Augmentation.Mixing.Pairs) {
    self.shares = shares
    self.isCut = isCut
    self.middle = middle
    self.pairs = pairs
  }

  /// The mixed images and their labels.
  ///
  /// The rectangle has `sqrt(1 - share)` of the image's height and width, in whole pixels, and is clipped at the borders; the own share
  /// is then what is left of the area.
  ///
  /// - Parameters:
  ///   - images: float32 or float64 `[batch, channels, height, width]`; shares of labels come in the same type.
  ///   - labels: int64 `[batch]`.
  public func callAsFunction(_ images: Tensor, labels: Tensor) throws -> (images: Tensor, labels: MixedLabels) {
    let (batch, height, width) = (images.shape[0], images.shape[2], images.shape[3])
    let (rows, columns) = try rectangle(height: height, width: width)
    let area = try ((rows.end - rows.first) * (columns.end - columns.first)).to(.float64)
    let left = try 1.0 - area * (1 / Double(height * width))
    func within(_ span: (first: Tensor, end: Tensor), _ length: Int) throws -> Tensor {
      let places = try Tensor.range(0, length, on: images.device).reshaped([1, length])
      return try places.isAtLeast(span.first.reshaped([batch, 1])).and(
        places.isLess(than: span.end.reshaped([batch, 1])))
    }
    let inside = try within(rows, height).reshaped([batch, 1, height, 1])
      .and(within(columns, width).reshaped([batch, 1, 1, width])).and(isCut.reshaped([batch, 1, 1, 1]))
    let partners = try partner(images)
    let ones = try shares.onesLike()
    let blend = try ones.selected(where: isCut, else: shares).to(images.dtype).reshaped([batch, 1, 1, 1])
    let blended = try images * blend + partners * (1.0 - blend)
    let own = try left.selected(where: isCut, else: shares).to(images.dtype == .float64 ? .float64 : .float32)
    return (
      try partners.selected(where: inside, else: blended),
      MixedLabels(others: try partner(labels), ownShares: own)
    )
  }

  /// The rows and columns of the rectangles in images of a size, clipped at the borders: int64 `[batch]` each, without the end.
  public func rectangle(
    height: Int, width: Int
  ) throws -> (rows: (first: Tensor, end: Tensor), columns: (first: Tensor, end: Tensor)) {
    let side = try (1.0 - shares).clamped(from: 0.0, to: 1.0).squareRoot()
    func span(_ middle: Tensor, _ length: Int) throws -> (first: Tensor, end: Tensor) {
      let half = try (side * Double(length)).roundedDown().to(.int64).dividedRoundingDown(by: 2)
      return (
        try (middle - half).clamped(from: 0, to: length), try (middle + half).clamped(from: 0, to: length)
      )
    }
    return (try span(middle.row, height), try span(middle.column, width))
  }

  /// The other entry of each.
  private func partner(_ values: Tensor) throws -> Tensor {
    switch pairs {
    case .reversed: return try values.flipped(axes: [0])
    case .rolled:
      let count = values.shape[0]
      return try Tensor.concatenation([
        values.narrowed(axis: 0, start: count - 1, count: 1), values.narrowed(axis: 0, start: 0, count: count - 1),
      ])
    }
  }
}
