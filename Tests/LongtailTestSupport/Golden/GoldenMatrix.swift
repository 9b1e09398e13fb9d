/// A rectangular list of rows.
public struct GoldenMatrix: Sendable, Equatable {
  /// Number of rows.
  public let rows: Int
  /// Length of each row; 0 without rows.
  public let columns: Int
  /// All values, row after row.
  public let values: [Double]

  /// A matrix from values in row-major order.
  public init(rows: Int, columns: Int, values: [Double]) {
    precondition(values.count == rows * columns, "\(values.count) values are not \(rows) rows of \(columns)")
    (self.rows, self.columns, self.values) = (rows, columns, values)
  }
}
