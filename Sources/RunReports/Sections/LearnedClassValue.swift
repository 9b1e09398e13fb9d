/// A value per class that a method learns; the raw value is its member in the log.
enum LearnedClassValue: String, CaseIterable {
  /// The sampling probability of the class.
  case classProbabilities
  /// The weight of the class in the loss.
  case classWeights

  var title: String {
    switch self {
    case .classProbabilities: "Learned sampling probabilities"
    case .classWeights: "Learned class weights"
    }
  }

  var axis: String {
    switch self {
    case .classProbabilities: "sampling probability, %"
    case .classWeights: "weight"
    }
  }

  var caption: String {
    switch self {
    case .classProbabilities: "The probability with which the learned sampler draws an image of each class."
    case .classWeights: "The learned weight of each class in the loss."
    }
  }

  /// The factor from the logged value to the value in the chart.
  var factor: Double { self == .classProbabilities ? 100 : 1 }
}
