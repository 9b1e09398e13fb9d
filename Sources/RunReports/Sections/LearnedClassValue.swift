/// What methods learn about each class, by its member in the log.
enum LearnedClassValue: String, CaseIterable {
  /// How likely the sampler is to draw the class.
  case classProbabilities
  /// The weight of the class in the loss.
  case classWeights

  var title: String {
    switch self {
    case .classProbabilities: "Learned class rates"
    case .classWeights: "Learned class weights"
    }
  }

  var axis: String {
    switch self {
    case .classProbabilities: "share of a batch, %"
    case .classWeights: "weight"
    }
  }

  var caption: String {
    switch self {
    case .classProbabilities: "How much of a batch the learned sampler draws from each class."
    case .classWeights: "The learned weight of each class in the loss."
    }
  }

  /// From the logged value to what is drawn.
  var factor: Double { self == .classProbabilities ? 100 : 1 }
}
