import Datasets

/// What several trainings of one recipe have in common, and how far they differ: bias and variance of the 0-1 loss.
///
/// Of each image the main prediction is the class that most models give, the lowest of a tie. Its bias is 1 where that is wrong, its
/// variance the share of models that say something else. The expected error is `bias + c variance`: where the main prediction is right every
/// deviation is an error, `c = 1`; where it is wrong a deviation may be right, `c = -P(right | deviates)`.
///
/// ```swift
/// let result = try BiasVariance(predictions: runs.map(\.predictions), labels: labels, classes: classes)
/// result.shotGroups.first { $0.group == .few }?.variance
/// ```
/// - Source: A Unified Bias-Variance Decomposition, ICML 2000; used as in Long-tailed Recognition by Routing Diverse Distribution-Aware
///   Experts, ICLR 2021, section 2.
public struct BiasVariance: Sendable, Equatable, Codable {
  /// One image.
  public struct Sample: Sendable, Equatable, Codable {
    /// The true class.
    public let label: Int
    /// The class that most models give, the lowest of a tie.
    public let mainPrediction: Int
    /// 1 where the main prediction is wrong, else 0.
    public let bias: Double
    /// The share of models whose answer is not the main prediction.
    public let variance: Double
    /// What the variance counts in the error, in -1 ... 1.
    public let varianceSign: Double

    /// The share of models that are wrong.
    public var error: Double { bias + varianceSign * variance }
  }

  /// Means over some images or classes.
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
    /// Training images, which decide the shot group.
    public let trainingImages: Int
    /// Shot group by the rule.
    public let shotGroup: ShotGroup
    /// Images of the class.
    public let count: Int
    /// Means over them; nil without images.
    public let means: Means?
  }

  /// The classes of one shot group.
  public struct GroupMeans: Sendable, Equatable, Codable {
    /// The group.
    public let group: ShotGroup
    /// The condition on the training images that makes the group, such as `> 100`.
    public let condition: String
    /// Classes of the group that have images; above 0.
    public let classCount: Int
    /// Means over their means.
    public let means: Means
  }

  /// The number of models; at least 1. One model answers itself always, so that its variance is 0 and its bias its error.
  public let modelCount: Int
  /// Each image, in order.
  public let samples: [Sample]
  /// Means over all images.
  public let overall: Means
  /// Each class, in label order.
  public let perClass: [ClassMeans]
  /// Many, medium and few, those without images left out.
  public let shotGroups: [GroupMeans]

  /// Bias and variance of the answers of several models to the same images.
  ///
  /// - Parameters:
  ///   - predictions: the predicted class of each image, a list a model.
  ///   - labels: the true class of each image.
  ///   - classes: the training distribution, which decides the shot groups.
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

  private static func sample(_ answers: [Int], _ label: Int) -> Sample {
    var votes: [Int: Int] = [:]
    for answer in answers { votes[answer, default: 0] += 1 }
    let most = votes.values.max() ?? 0
    let main = votes.filter { $0.value == most }.keys.min() ?? label
    let deviating = answers.count { $0 != main }
    let right = answers.count { $0 != main && $0 == label }
    let isRight = main == label
    let sign = isRight ? 1 : deviating == 0 ? 0 : -Double(right) / Double(deviating)
    return Sample(
      label: label, mainPrediction: main, bias: isRight ? 0 : 1,
      variance: Double(deviating) / Double(answers.count), varianceSign: sign)
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
