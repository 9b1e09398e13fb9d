import Torch

/// Rows of a model's output that are two views of the same images: first all weak views, then all strong ones in the same order.
struct PairedViews {
  /// Images; half the rows.
  let count: Int
  /// The label of each image, `[count]`.
  let labels: Tensor
  /// The label of each row, `[2 count]`.
  let rowLabels: Tensor

  /// Finds the views in an output.
  /// - Parameters:
  ///   - rows: the rows of the output.
  ///   - labels: one an image, or one a row.
  /// - Throws: `ObjectiveError.views` when rows and labels do not fit.
  init(rows: Int, labels: Tensor, objective: String) throws {
    count = rows / 2
    let given = labels.elementCount
    guard rows > 0, rows.isMultiple(of: 2), given == rows || given == count else {
      throw ObjectiveError.views(objective: objective, rows: rows, labels: given)
    }
    self.labels = given == count ? labels : try labels.narrowed(axis: 0, start: 0, count: count)
    rowLabels = given == rows ? labels : try Tensor.concatenation([labels, labels])
  }

  /// The weak views' rows.
  func weak(_ tensor: Tensor) throws -> Tensor { try tensor.narrowed(axis: 0, start: 0, count: count) }
  /// The strong views' rows.
  func strong(_ tensor: Tensor) throws -> Tensor { try tensor.narrowed(axis: 0, start: count, count: count) }
}
