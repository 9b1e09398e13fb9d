import Objectives

/// An objective under test, with the properties that the shared battery may expect of it.
struct ObjectiveKind: Sendable, CustomStringConvertible {
  let name: String
  /// Whether multiplying all counts by a number leaves it as it is.
  var ignoresScaleOfCounts = true
  /// Whether it knows how many classes there are.
  var knowsClassCount = true
  /// Whether equal counts turn it into plain cross-entropy.
  var isCrossEntropyForEqualCounts = false
  /// The objective for some class counts.
  let make: @Sendable (_ counts: [Int]) throws -> any RowObjective

  var description: String { name }

  /// Every objective with every form of its settings.
  static let all: [ObjectiveKind] = plain + focal + weighted + margins

  private static let plain: [ObjectiveKind] = [
    ObjectiveKind(name: "cross-entropy", knowsClassCount: false, isCrossEntropyForEqualCounts: true) { _ in
      try CrossEntropyLoss()
    },
    ObjectiveKind(name: "smoothed cross-entropy", knowsClassCount: false) { _ in
      try CrossEntropyLoss(labelSmoothing: 0.1)
    },
    ObjectiveKind(name: "balanced softmax", isCrossEntropyForEqualCounts: true) { try BalancedSoftmaxLoss(counts: $0) },
    ObjectiveKind(name: "balanced softmax, tau 0.25", isCrossEntropyForEqualCounts: true) {
      try BalancedSoftmaxLoss(counts: $0, tau: 0.25)
    },
    ObjectiveKind(name: "logit adjustment", isCrossEntropyForEqualCounts: true) {
      try PriorAdjustment.training(counts: $0, tau: 1.5)
    },
    ObjectiveKind(name: "prior-shifted, exponent -0.5", isCrossEntropyForEqualCounts: true) {
      try PriorShiftedSoftmax(counts: $0, exponent: -0.5)
    },
    ObjectiveKind(
      name: "prior-shifted, exponent 2.5, with a floor", ignoresScaleOfCounts: false, isCrossEntropyForEqualCounts: true
    ) {
      try PriorShiftedSoftmax(counts: $0, exponent: 2.5, logFloor: 1e-9)
    },
  ]

  private static let focal: [ObjectiveKind] = [
    ObjectiveKind(name: "focal, gamma 0", knowsClassCount: false, isCrossEntropyForEqualCounts: true) { _ in
      try FocalLoss(gamma: 0)
    },
    ObjectiveKind(name: "focal, gamma 0.5", knowsClassCount: false) { _ in try FocalLoss(gamma: 0.5) },
    ObjectiveKind(name: "focal, gamma 2", knowsClassCount: false) { _ in try FocalLoss(gamma: 2) },
    ObjectiveKind(name: "weighted focal", ignoresScaleOfCounts: false) {
      try FocalLoss(gamma: 2, classWeights: weights($0))
    },
    ObjectiveKind(name: "focal with weights inside", ignoresScaleOfCounts: false) {
      try FocalLoss(gamma: 1, classWeights: weights($0), mode: .weightInside)
    },
  ]

  private static let weighted: [ObjectiveKind] = [
    ObjectiveKind(name: "class-balanced", ignoresScaleOfCounts: false, isCrossEntropyForEqualCounts: true) {
      try ClassBalancedLoss(counts: $0, beta: 0.99)
    },
    ObjectiveKind(name: "class-balanced by rows", ignoresScaleOfCounts: false, isCrossEntropyForEqualCounts: true) {
      try ClassBalancedLoss(counts: $0, beta: 0.99, division: .rows)
    },
    ObjectiveKind(name: "class-balanced, beta 0", isCrossEntropyForEqualCounts: true) {
      try ClassBalancedLoss(counts: $0, beta: 0)
    },
  ]

  private static let margins: [ObjectiveKind] = [
    ObjectiveKind(name: "ldam") { try LDAMLoss(counts: $0, scale: 5) },
    ObjectiveKind(name: "ldam on cosines") {
      try LDAMLoss(counts: $0, maxMargin: 0.2, scale: 5, logitsAreScaled: false)
    },
    ObjectiveKind(name: "ldam, re-weighted", ignoresScaleOfCounts: false) {
      try LDAMLoss(counts: $0, scale: 5, reweightingBeta: 0.99)
    },
    ObjectiveKind(name: "ldam, re-weighted by rows", ignoresScaleOfCounts: false) {
      try LDAMLoss(counts: $0, scale: 5, reweightingBeta: 0.99, division: .rows)
    },
  ]

  /// Weights that fall with the counts.
  private static func weights(_ counts: [Int]) -> [Double] { counts.map { 3 / (1 + Double($0)) } }
}
