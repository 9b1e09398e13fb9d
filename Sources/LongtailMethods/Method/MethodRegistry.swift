/// The methods that can be chosen by name.
public enum MethodRegistry {
  /// All of them, in the order of lists.
  public static let all: [any Method.Type] = [
    CrossEntropy.self, BalancedSoftmax.self, Focal.self, ClassBalanced.self, LDAM.self, LogitAdjustment.self,
    ClassifierRetraining.self, TauNormalization.self, LearnableWeightScaling.self,
    VectorScaling.self,
    BalancedMetaSoftmax.self,
    Breadcrumb.self,
    ClassBalancedDistillation.self,
    SSD.self,
    APA.self,
    RIDE.self,
    SHIKE.self,
    MDCS.self,
    CAMC.self,
  ]

  /// The cards of all methods, and of forms that are listed as methods.
  public static var cards: [MethodCard] { all.flatMap { $0.cards } }
}

extension Method {
  /// The card of the method, and of its forms that are listed as methods.
  fileprivate static var cards: [MethodCard] { [card] + variants.compactMap(\.card) }
}
