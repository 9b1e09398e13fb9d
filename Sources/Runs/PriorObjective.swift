import Objectives

/// A loss of the logits plus a constant per class, such as a multiple of the log prior.
protocol PriorObjective: Objective {
  /// What is added to each class's logit.
  var offset: ClassConstant { get }
}

extension PriorObjective {
  /// The difference of the largest and the smallest finite offset.
  var offsetSpan: Double {
    let finite = offset.values.filter(\.isFinite)
    return (finite.max() ?? 0) - (finite.min() ?? 0)
  }
}

extension BalancedSoftmaxLoss: PriorObjective {}
extension PriorShiftedSoftmax: PriorObjective {}
