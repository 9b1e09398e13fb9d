import Torch

/// One operation for each image of a batch, as tensors of kinds and magnitudes.
///
/// Operations that move pixels become one affine resampling, those that map levels one table lookup; the others are blends.
public struct PolicyOperations {
  /// The raw value of each image's operation, int64 `[batch]`.
  public let kinds: Tensor
  /// The magnitude of each, float64 `[batch]`.
  public let magnitudes: Tensor
  /// The operations that can occur in `kinds`; others are not computed.
  public let possible: Set<PolicyOperation>
  /// The levels of red, green and blue of what moves in from outside.
  public let fill: [Int]
  /// For operations that move pixels.
  public let interpolation: Interpolation
  /// For shears.
  var shearInterpolation: Interpolation
  /// Which images' operations move pixels bicubic in place of `interpolation`, bool `[batch]`; nil for none.
  var isBicubic: Tensor?

  /// Makes operations, one for each image.
  /// - Precondition: `fill` has three levels.
  public init(
    kinds: Tensor, magnitudes: Tensor, possible: Set<PolicyOperation> = Set(PolicyOperation.allCases),
    fill: [Int] = [0, 0, 0], interpolation: Interpolation = .nearest
  ) {
    precondition(fill.count == 3, "levels of red, green and blue")
    self.kinds = kinds
    self.magnitudes = magnitudes
    self.possible = possible
    self.fill = fill
    self.interpolation = interpolation
    shearInterpolation = interpolation
  }

  /// Applies its own operation to each image.
  /// - Shapes: uint8 `[batch, height, width, 3]`, in and out.
  public func callAsFunction(_ images: Tensor) throws -> Tensor {
    var batch = TransformedBatch(images)
    try apply(to: &batch)
    return batch.values
  }

  /// Applies its own operation to each image of a batch.
  func apply(to batch: inout TransformedBatch) throws {
    let kinds = try OperationKinds(self.kinds)
    if possible.contains(where: \.isGeometric) {
      if shearInterpolation == interpolation {
        try move(&batch, kinds, PolicyOperation.geometric, interpolation)
      } else {
        try move(&batch, kinds, PolicyOperation.shears, shearInterpolation)
        try move(&batch, kinds, PolicyOperation.rigid, interpolation)
      }
    }
    if possible.contains(where: \.isTable) {
      try batch.change(where: PolicyOperation.tables, in: kinds) { images, selection in
        let tables = try LookupTables(
          for: images, kinds: kinds.chosen(selection), magnitudes: selection(magnitudes), possible: possible)
        return try tables(images)
      }
    }
    for (operation, change) in [
      (PolicyOperation.saturation, ColorBlend.saturation), (.sharpness, ColorBlend.sharpness), (.hue, HueShift.apply),
    ] where possible.contains(operation) {
      try batch.change(where: operation.rawValue...operation.rawValue, in: kinds) { try change($0, $1(magnitudes)) }
    }
  }

  /// Moves the pixels of the images whose operation is one of some.
  private func move(
    _ batch: inout TransformedBatch, _ kinds: OperationKinds, _ operations: ClosedRange<Int>,
    _ interpolation: Interpolation
  ) throws {
    try batch.change(where: operations, in: kinds) { images, selection in
      let matrices = try AffineMatrices(
        kinds: selection(kinds.values), magnitudes: selection(magnitudes), height: images.shape[1],
        width: images.shape[2])
      let moved = try AffineResampling(fill: fill, interpolation: interpolation)(images, matrices)
      guard let isBicubic else { return moved }
      let bicubic = try AffineResampling(fill: fill, interpolation: .bicubic)(images, matrices)
      return try bicubic.selected(where: selection(isBicubic).reshaped([-1, 1, 1, 1]), else: moved)
    }
  }
}
