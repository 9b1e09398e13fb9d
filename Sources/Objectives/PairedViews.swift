import Torch

/// The rows of a model's output for two views of the same images: all weak views, then all strong views in the same
/// order.
struct PairedViews {
  /// The number of images, half the rows.
  let count: Int
  /// The label of each image, `[count]`.
  let labels: Tensor
  /// The label of each row, `[2 count]`.
  let rowLabels: Tensor

  /// Splits an output into views.
  /// - Parameters:
  ///   - rows: the number of rows of the output.
  ///   - labels: one per image, or one per row.
  ///   - objective: the name in errors.
  /// - Throws: `ObjectiveError.views` when rows and labels do not fit.
  init(rows: Int, labels: Tensor, objective: String) throws {
    count = rows / 2
    let labelCount = labels.elementCount
    guard rows > 0, rows.isMultiple(of: 2), labelCount == rows || labelCount == count else {
      throw ObjectiveError.views(objective: objective, rows: rows, labels: labelCount)
    }
    self.labels = labelCount == count ? labels : try labels.narrowed(axis: 0, start: 0, count: count)
    rowLabels = labelCount == rows ? labels : try Tensor.concatenation([labels, labels])
  }

  /// The rows of weak views.
  func weak(_ tensor: Tensor) throws -> Tensor { try tensor.narrowed(axis: 0, start: 0, count: count) }
  /// The rows of strong views.
  func strong(_ tensor: Tensor) throws -> Tensor { try tensor.narrowed(axis: 0, start: count, count: count) }
}
