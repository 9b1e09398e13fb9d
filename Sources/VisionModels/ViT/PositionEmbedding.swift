import Torch

/// Position embeddings `[1, tokens, width]` of summary tokens and a grid of patches.
public enum PositionEmbedding {
  /// The embedding for another grid: summary tokens as they are, patches by bicubic interpolation with a low-pass
  /// filter.
  ///
  /// - Parameters:
  ///   - embedding: the embedding, whose patches form a square.
  ///   - summaryTokens: the tokens before the patches.
  ///   - rows: patches along the height.
  ///   - columns: patches along the width.
  /// - Returns: nil when the patches form no square.
  public static func resized(_ embedding: Tensor, summaryTokens: Int, rows: Int, columns: Int) throws -> Tensor? {
    let shape = embedding.shape
    guard shape.count == 3, shape[0] == 1, shape[1] > summaryTokens else { return nil }
    let patches = shape[1] - summaryTokens
    let side = Int(Double(patches).squareRoot().rounded())
    guard side * side == patches else { return nil }
    if side == rows, side == columns { return embedding }
    let grid = try embedding.narrowed(axis: 1, start: summaryTokens, count: patches)
      .reshaped([1, side, side, shape[2]]).permuted([0, 3, 1, 2]).to(.float32)
    let resized = try grid.resizedBicubic(height: rows, width: columns).permuted([0, 2, 3, 1])
      .reshaped([1, rows * columns, shape[2]]).to(embedding.dtype)
    return try .concatenation([embedding.narrowed(axis: 1, start: 0, count: summaryTokens), resized], axis: 1)
  }
}
