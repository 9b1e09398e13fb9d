import Torch

/// Windows of equal size, moved and mirrored, each picture its own way: one gather.
enum PictureCropping {
  /// Cuts a window of the original size out of each padded picture.
  ///
  /// - Parameters:
  ///   - pictures: uint8 `[batch, height, width, 3]`.
  ///   - padding: black pixels on each side.
  ///   - down: the window's first row in the padded picture, int64 `[batch]`.
  ///   - right: its first column.
  ///   - mirrored: whether it is mirrored left to right, `[batch]`.
  static func window(of pictures: Tensor, padding: Int, down: Tensor, right: Tensor, mirrored: Tensor) throws -> Tensor
  {
    let shape = pictures.shape
    let (batch, height, width) = (shape[0], shape[1], shape[2])
    let device = pictures.device
    let padded =
      try padding == 0 ? pictures : pictures.padded([0, 0, padding, padding, padding, padding])
    let (rows, columns) = (height + 2 * padding, width + 2 * padding)
    func numbers(_ count: Int, _ shape: [Int]) throws -> Tensor {
      try Tensor.range(0, count, dtype: .int32, on: device).reshaped(shape)
    }
    let across = try numbers(width, [1, width])
    let source =
      try (width - 1 - across).selected(where: mirrored.reshaped([batch, 1]), else: across)
      + right.to(.int32).reshaped([batch, 1])
    let lines = try numbers(height, [1, height]) + down.to(.int32).reshaped([batch, 1])
    let first = try numbers(batch, [batch, 1]) * rows
    // One index a pixel: much faster than three index tensors.
    let places = try ((lines + first) * columns).reshaped([batch, height, 1]) + source.reshaped([batch, 1, width])
    return try padded.reshaped([-1, 3]).entries(at: places.reshaped([-1])).reshaped(shape)
  }
}
