import Datasets

/// Accumulates the metrics of a classifier in one pass, batch by batch.
///
/// Memory does not grow with the number of samples. Accumulators of parts of a set can be merged.
///
/// ```swift
/// var evaluation = try EvaluationAccumulator(classes: training.classes)
/// for batch in batches { try evaluation.update(logits: batch.logits, labels: batch.labels) }
/// let result = try evaluation.result()
/// result.accuracy(of: .few)
/// ```
public struct EvaluationAccumulator: Sendable {
  /// Training distribution of the classes, which determines the shot groups.
  public let classes: ClassDistribution
  /// The numbers `k` of top-k accuracy, in increasing order.
  public let topK: [Int]
  /// The rule of the shot groups.
  public let rule: ShotGroupRule
  /// Samples so far.
  public private(set) var sampleCount = 0

  private var rankedCount = 0
  private var rankCounts: [Int]
  private var calibratedCount = 0
  private var calibration: CalibrationAccumulator
  private var truthCounts: [Int]
  private var predictedCounts: [Int]
  private var correctCounts: [Int]
  private var confusion: ConfusionMatrix

  /// An accumulator without samples.
  ///
  /// - Parameters:
  ///   - classes: the training distribution.
  ///   - topK: numbers `k` of top-k accuracy, each 1 or more; a `k` above the number of classes acts like that number.
  ///   - bins: confidence bins of the calibration error.
  ///   - rule: limits of many, medium and few.
  /// - Throws: ``EvaluationError/notPositive(_:_:)`` for a `k` or a number of bins below 1.
  public init(
    classes: ClassDistribution, topK: [Int] = [1, 5], bins: Int = 15, rule: ShotGroupRule = .strict
  ) throws {
    for k in topK where k < 1 { throw EvaluationError.notPositive("k of top-k accuracy", k) }
    (self.classes, self.topK, self.rule) = (classes, Set(topK).sorted(), rule)
    calibration = try CalibrationAccumulator(bins: bins)
    rankCounts = Array(repeating: 0, count: self.topK.count)
    truthCounts = Array(repeating: 0, count: classes.classCount)
    (predictedCounts, correctCounts) = (truthCounts, truthCounts)
    confusion = ConfusionMatrix(classCount: classes.classCount)
  }

  /// Adds a batch of logits.
  ///
  /// The prediction is the class with the largest logit, the lowest of a tie; the confidence is its softmax
  /// probability. If an error is thrown, nothing is added.
  ///
  /// - Parameters:
  ///   - logits: `[samples, classes]`, row-major. A logit may be minus infinity, but not all of a row.
  ///   - labels: the true class of each sample.
  /// - Returns: the prediction for each sample.
  /// - Throws: ``EvaluationError`` when the shapes do not fit, a label is out of range or a row holds NaN.
  @discardableResult
  public mutating func update(
    logits: UnsafeBufferPointer<Float>, labels: UnsafeBufferPointer<Int32>
  ) throws -> [SamplePrediction] {
    let width = classes.classCount
    guard logits.count == labels.count * width else {
      throw EvaluationError.logitCount(got: logits.count, samples: labels.count, classes: width)
    }
    try check(labels, as: "label")
    let rows = SamplePrediction.batch(logits: logits, labels: labels, width: width)
    if let sample = rows.firstIndex(where: { !$0.isDefined }) { throw EvaluationError.notFinite(sample: sample) }
    for (label, row) in zip(labels, rows) {
      count(label: Int(label), prediction: Int(row.label))
      for (position, k) in topK.enumerated() where Int(row.rank) < k { rankCounts[position] += 1 }
      calibration.add(confidence: Double(row.confidence), correct: row.label == label)
    }
    rankedCount += labels.count
    calibratedCount += labels.count
    return rows
  }

  /// Adds a batch of logits from arrays; see ``update(logits:labels:)-(UnsafeBufferPointer<Float>,_)``.
  ///
  /// - Returns: the prediction for each sample.
  /// - Throws: ``EvaluationError`` when the shapes do not fit, a label is out of range or a row holds NaN.
  @discardableResult
  public mutating func update(logits: [Float], labels: [Int32]) throws -> [SamplePrediction] {
    try logits.withUnsafeBufferPointer { logits in
      try labels.withUnsafeBufferPointer { try update(logits: logits, labels: $0) }
    }
  }

  /// Adds predicted classes without logits. The result then has no top-k accuracy, and no calibration if the
  /// confidences of any batch are missing.
  ///
  /// - Parameters:
  ///   - predictions: the predicted class of each sample.
  ///   - labels: the true class of each sample.
  ///   - confidences: the probability of each prediction, or `nil`.
  /// - Throws: ``EvaluationError`` when lengths differ or a value is out of range; then nothing is added.
  public mutating func update(predictions: [Int32], labels: [Int32], confidences: [Double]? = nil) throws {
    for (what, length) in [("predictions", predictions.count), ("confidences", confidences?.count ?? labels.count)]
    where length != labels.count {
      throw EvaluationError.lengths(what, got: length, samples: labels.count)
    }
    try labels.withUnsafeBufferPointer { try check($0, as: "label") }
    try predictions.withUnsafeBufferPointer { try check($0, as: "prediction") }
    for (sample, confidence) in (confidences ?? []).enumerated() {
      try CalibrationAccumulator.check(confidence, sample: sample)
    }
    for (prediction, label) in zip(predictions, labels) { count(label: Int(label), prediction: Int(prediction)) }
    guard let confidences else { return }
    for (sample, confidence) in confidences.enumerated() {
      calibration.add(confidence: confidence, correct: predictions[sample] == labels[sample])
    }
    calibratedCount += confidences.count
  }

  /// Adds the samples of another accumulator with the same settings.
  ///
  /// - Throws: ``EvaluationError/differentSettings(_:)`` when classes, top-k, bins or rule differ.
  public mutating func merge(_ other: EvaluationAccumulator) throws {
    guard classes == other.classes else { throw EvaluationError.differentSettings("classes") }
    guard topK == other.topK else { throw EvaluationError.differentSettings("k of top-k accuracy") }
    guard rule == other.rule else { throw EvaluationError.differentSettings("rule of the shot groups") }
    guard calibration.binCount == other.calibration.binCount else {
      throw EvaluationError.differentSettings("number of calibration bins")
    }
    sampleCount += other.sampleCount
    rankedCount += other.rankedCount
    calibratedCount += other.calibratedCount
    calibration.merge(other.calibration)
    confusion.merge(other.confusion)
    for position in topK.indices { rankCounts[position] += other.rankCounts[position] }
    for label in truthCounts.indices {
      truthCounts[label] += other.truthCounts[label]
      predictedCounts[label] += other.predictedCounts[label]
      correctCounts[label] += other.correctCounts[label]
    }
  }

  /// The metrics of all samples so far.
  ///
  /// - Throws: ``EvaluationError/noSamples`` before the first sample.
  public func result() throws -> EvaluationResult {
    guard sampleCount > 0 else { throw EvaluationError.noSamples }
    let perClass = truthCounts.indices.map(classResult)
    let occurring = perClass.filter { $0.count > 0 || $0.predictedCount > 0 }
    return EvaluationResult(
      sampleCount: sampleCount,
      accuracy: Double(correctCounts.reduce(0, +)) / Double(sampleCount),
      balancedAccuracy: mean(perClass.compactMap(\.recall)),
      topK: rankedCount == sampleCount ? topKAccuracies : [:],
      macroF1: mean(occurring.map { $0.f1 ?? 0 }),
      macroPrecision: mean(occurring.map { $0.precision ?? 0 }),
      rule: rule,
      shotGroups: ShotGroup.allCases.compactMap { shotGroupResult($0, perClass) },
      perClass: perClass,
      calibration: calibratedCount == sampleCount ? calibration.result : nil,
      confusion: confusion)
  }

  private var topKAccuracies: [Int: Double] {
    Dictionary(uniqueKeysWithValues: zip(topK, rankCounts.map { Double($0) / Double(sampleCount) }))
  }

  private func classResult(_ label: Int) -> ClassResult {
    ClassResult(
      label: label, name: classes.names[label], trainingImages: classes.counts[label],
      shotGroup: classes.shotGroup(of: label, rule: rule), count: truthCounts[label],
      predictedCount: predictedCounts[label], correctCount: correctCounts[label])
  }

  private func shotGroupResult(_ group: ShotGroup, _ perClass: [ClassResult]) -> ShotGroupResult? {
    let members = perClass.filter { $0.shotGroup == group && $0.count > 0 }
    guard !members.isEmpty else { return nil }
    return ShotGroupResult(
      group: group, condition: rule.condition(of: group), classCount: members.count,
      sampleCount: members.reduce(0) { $0 + $1.count }, accuracy: mean(members.compactMap(\.recall)))
  }

  private mutating func count(label: Int, prediction: Int) {
    sampleCount += 1
    truthCounts[label] += 1
    predictedCounts[prediction] += 1
    if label == prediction { correctCounts[label] += 1 }
    confusion.add(truth: label, predicted: prediction)
  }

  private func check(_ values: UnsafeBufferPointer<Int32>, as what: String) throws {
    if let sample = values.firstIndex(where: { $0 < 0 || Int($0) >= classes.classCount }) {
      throw EvaluationError.outOfRange(
        what, value: Int(values[sample]), sample: sample, classes: classes.classCount)
    }
  }
}

/// The mean of a list; 0 for an empty one, which callers exclude.
private func mean(_ values: [Double]) -> Double {
  values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
}
