#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Bias and variance of the squared error between a softmax and the true class, over several trainings of one recipe.
///
/// With the mean probabilities `m` over models and the true class `y` as a vector of 0 and 1: the squared bias is `|m - y|^2`, the variance
/// the mean over models of `|p - m|^2`, and their sum the mean of `|p - y|^2`.
public struct SquaredBiasVariance: Sendable, Equatable, Codable {
  /// The mean probabilities of each image over models, by class.
  public let meanProbabilities: [[Double]]
  /// The squared bias of each image.
  public let squaredBiases: [Double]
  /// The variance of each image.
  public let variances: [Double]

  /// The mean squared error of each image.
  public var expectedSquaredErrors: [Double] { zip(squaredBiases, variances).map { $0 + $1 } }

  /// Bias and variance of several models' scores of the same images.
  ///
  /// - Parameters:
  ///   - logits: by model, image and class.
  ///   - labels: the true class of each image.
  /// - Throws: ``EvaluationError`` for no models, lists of different length, no image, a class out of range.
  public init(logits: [[[Double]]], labels: [Int32]) throws {
    guard logits.count >= 1 else { throw EvaluationError.tooFewModels(logits.count) }
    guard let classes = logits[0].first?.count, !labels.isEmpty else { throw EvaluationError.noSamples }
    for model in logits {
      guard model.count == labels.count else {
        throw EvaluationError.lengths("rows of logits", got: model.count, samples: labels.count)
      }
      if let row = model.first(where: { $0.count != classes }) {
        throw EvaluationError.logitCount(got: row.count, samples: 1, classes: classes)
      }
    }
    if let sample = labels.firstIndex(where: { $0 < 0 || Int($0) >= classes }) {
      throw EvaluationError.outOfRange("label", value: Int(labels[sample]), sample: sample, classes: classes)
    }
    let probabilities = logits.map { $0.map(Self.softmax) }
    let means = labels.indices.map { sample in
      (0..<classes).map { label in
        probabilities.reduce(0) { $0 + $1[sample][label] } / Double(logits.count)
      }
    }
    meanProbabilities = means
    squaredBiases = labels.indices.map { sample in
      means[sample].enumerated().reduce(0) { sum, entry in
        let target = entry.offset == Int(labels[sample]) ? 1.0 : 0
        return sum + (entry.element - target) * (entry.element - target)
      }
    }
    variances = labels.indices.map { sample in
      probabilities.reduce(0) { $0 + Self.squaredDistance($1[sample], means[sample]) } / Double(logits.count)
    }
  }

  private static func softmax(_ row: [Double]) -> [Double] {
    let largest = row.max() ?? 0
    let powers = row.map { exp($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  private static func squaredDistance(_ left: [Double], _ right: [Double]) -> Double {
    zip(left, right).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }
}
