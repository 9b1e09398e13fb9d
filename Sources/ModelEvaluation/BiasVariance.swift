import Datasets

/// Bias and variance of the 0-1 loss over several runs of one recipe.
///
/// The main prediction for an image is the class that most models predict, the lowest of a tie. The bias of an image is
/// 1 if its main prediction is wrong, its variance the share of models that predict another class. The expected error
/// is `bias + c variance`: if the main prediction is correct every deviation is an error, `c = 1`; if it is wrong a
/// deviation may be correct, `c = -P(correct | deviates)`.
///
/// ```swift
/// let result = try BiasVariance(predictions: runs.map(\.predictions), labels: labels, classes: classes)
/// result.shotGroups.first { $0.group == .few }?.variance
/// ```
/// - Source: A Unified Bias-Variance Decomposition, ICML 2000; used as in Long-tailed Recognition by Routing Diverse
///   Distribution-Aware Experts, ICLR 2021, section 2.
public struct BiasVariance: Sendable, Equatable, Codable {
  /// One image.
  public struct Sample: Sendable, Equatable, Codable {
    /// The true class.
    public let label: Int
    /// The class that most models predict, the lowest of a tie.
    public let mainPrediction: Int
    /// 1 if the main prediction is wrong, else 0.
    public let bias: Double
    /// The share of models that predict another class than the main prediction.
    public let variance: Double
    /// The factor `c` of the variance in the error, in -1 ... 1.
    public let varianceSign: Double

    /// The share of models that are wrong.
    public var error: Double { bias + varianceSign * variance }
  }

  /// Means over images or classes.
  public struct Means: Sendable, Equatable, Codable {
    /// The mean bias.
    public let bias: Double
    /// The mean variance.
    public let variance: Double
    /// The mean error.
    public let error: Double
  }

  /// The images of one class.
  public struct ClassMeans: Sendable, Equatable, Codable {
    /// Class index.
    public let label: Int
    /// Class name.
    public let name: String
    /// Number of training images, which determines the shot group.
    public let trainingImages: Int
    /// Shot group by the rule.
    public let shotGroup: ShotGroup
    /// Evaluated images of the class.
    public let count: Int
    /// Means over these images; nil without any.
    public let means: Means?
  }

  /// The classes of one shot group.
  public struct GroupMeans: Sendable, Equatable, Codable {
    /// The group.
    public let group: ShotGroup
    /// The condition on the number of training images, such as `> 100`.
    public let condition: String
    /// Classes of the group that have images; above 0.
    public let classCount: Int
    /// Means over the means of these classes.
    public let means: Means
  }

  /// The number of models; at least 1. With one model the variance is 0 and the bias is the error.
  public let modelCount: Int
  /// Each image, in order.
  public let samples: [Sample]
  /// Means over all images.
  public let overall: Means
  /// Each class, in label order.
  public let perClass: [ClassMeans]
  /// Many, medium and few; groups without images are absent.
  public let shotGroups: [GroupMeans]

  /// Bias and variance of the predictions of several models for the same images.
  ///
  /// - Parameters:
  ///   - predictions: for each model, the predicted class of each image.
  ///   - labels: the true class of each image.
  ///   - classes: the training distribution, which determines the shot groups.
  ///   - rule: the limits of many, medium and few.
  /// - Throws: ``EvaluationError`` for no models, lists of different length, no image, a class out of range.
  public init(
    predictions: [[Int32]], labels: [Int32], classes: ClassDistribution, rule: ShotGroupRule = .strict
  ) throws {
    guard predictions.count >= 1 else { throw EvaluationError.tooFewModels(predictions.count) }
    guard !labels.isEmpty else { throw EvaluationError.noSamples }
    try Self.check(labels, "label", classes: classes.classCount)
    for model in predictions {
      guard model.count == labels.count else {
        throw EvaluationError.lengths("predictions", got: model.count, samples: labels.count)
      }
      try Self.check(model, "prediction", classes: classes.classCount)
    }
    modelCount = predictions.count
    samples = labels.indices.map { index in
      Self.sample(predictions.map { Int($0[index]) }, Int(labels[index]))
    }
    overall = Means(samples.map { Means($0) }) ?? Means(bias: 0, variance: 0, error: 0)
    perClass = Self.perClass(samples, classes, rule)
    shotGroups = Self.shotGroups(perClass, rule)
  }

  private static func check(_ values: [Int32], _ what: String, classes: Int) throws {
    if let sample = values.firstIndex(where: { $0 < 0 || Int($0) >= classes }) {
      throw EvaluationError.outOfRange(what, value: Int(values[sample]), sample: sample, classes: classes)
    }
  }

  private static func sample(_ predictions: [Int], _ label: Int) -> Sample {
    var votes: [Int: Int] = [:]
    for prediction in predictions { votes[prediction, default: 0] += 1 }
    let most = votes.values.max() ?? 0
    let main = votes.filter { $0.value == most }.keys.min() ?? label
    let deviating = predictions.count { $0 != main }
    let correct = predictions.count { $0 != main && $0 == label }
    let mainIsCorrect = main == label
    let sign = mainIsCorrect ? 1 : deviating == 0 ? 0 : -Double(correct) / Double(deviating)
    return Sample(
      label: label, mainPrediction: main, bias: mainIsCorrect ? 0 : 1,
      variance: Double(deviating) / Double(predictions.count), varianceSign: sign)
  }

  private static func perClass(
    _ samples: [Sample], _ classes: ClassDistribution, _ rule: ShotGroupRule
  ) -> [ClassMeans] {
    var members = Array(repeating: [Means](), count: classes.classCount)
    for sample in samples { members[sample.label].append(Means(sample)) }
    return members.enumerated().map { label, members in
      ClassMeans(
        label: label, name: classes.names[label], trainingImages: classes.counts[label],
        shotGroup: classes.shotGroup(of: label, rule: rule), count: members.count, means: Means(members))
    }
  }

  private static func shotGroups(_ classes: [ClassMeans], _ rule: ShotGroupRule) -> [GroupMeans] {
    ShotGroup.allCases.compactMap { group in
      let members = classes.filter { $0.shotGroup == group }.compactMap(\.means)
      return Means(members).map {
        GroupMeans(group: group, condition: rule.condition(of: group), classCount: members.count, means: $0)
      }
    }
  }
}

extension BiasVariance.Means {
  /// The values of one image.
  fileprivate init(_ sample: BiasVariance.Sample) {
    self.init(bias: sample.bias, variance: sample.variance, error: sample.error)
  }

  /// The means of several; nil without any.
  fileprivate init?(_ members: [BiasVariance.Means]) {
    guard !members.isEmpty else { return nil }
    func mean(_ value: KeyPath<Self, Double>) -> Double {
      members.reduce(0) { $0 + $1[keyPath: value] } / Double(members.count)
    }
    self.init(bias: mean(\.bias), variance: mean(\.variance), error: mean(\.error))
  }
}
