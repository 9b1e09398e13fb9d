/// How the losses of rows are reduced to one value.
public enum RowAveraging: Sendable {
  /// The mean over rows.
  case mean
  /// Weighted by class, divided by the sum of the rows' weights.
  case weightedMean(ClassConstant)
  /// Weighted by class, divided by the number of rows.
  case weightedByBatch(ClassConstant)

  /// The class weights, if any.
  public var weights: ClassConstant? {
    switch self {
    case .mean: nil
    case .weightedMean(let weights), .weightedByBatch(let weights): weights
    }
  }
}
