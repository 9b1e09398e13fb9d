import Foundation

/// Bias and variance of the squared error between softmax probabilities and one-hot labels, over several runs of one
/// recipe. The library reports those of the 0-1 loss (`BiasVariance`) alone.
///
/// With the mean probabilities `m` over models and the one-hot label `y`: the squared bias is `|m - y|^2`, the variance
/// the mean over models of `|p - m|^2`, and their sum the mean of `|p - y|^2`.
struct SquaredBiasVariance {
  /// The mean probabilities over models, `[image][class]`.
  let meanProbabilities: [[Double]]
  /// The squared bias of each image.
  let squaredBiases: [Double]
  /// The variance of each image.
  let variances: [Double]

  /// The mean squared error of each image.
  var expectedSquaredErrors: [Double] { zip(squaredBiases, variances).map { $0 + $1 } }

  /// - Parameters:
  ///   - logits: `[model][image][class]`.
  ///   - labels: the true class of each image.
  init(logits: [[[Double]]], labels: [Int32]) {
    let probabilities = logits.map { $0.map(Self.softmax) }
    let means = labels.indices.map { sample in
      (logits.first?.first ?? []).indices.map { label in
        probabilities.reduce(0) { $0 + $1[sample][label] } / Double(logits.count)
      }
    }
    meanProbabilities = means
    squaredBiases = labels.indices.map { sample in
      let target = means[sample].indices.map { $0 == Int(labels[sample]) ? 1.0 : 0 }
      return Self.squaredDistance(means[sample], target)
    }
    variances = labels.indices.map { sample in
      probabilities.reduce(0) { $0 + Self.squaredDistance($1[sample], means[sample]) } / Double(logits.count)
    }
  }

  private static func softmax(_ row: [Double]) -> [Double] {
    let largest = row.max() ?? 0
    let powers = row.map { exp($0 - largest) }
    return powers.map { $0 / powers.reduce(0, +) }
  }

  private static func squaredDistance(_ left: [Double], _ right: [Double]) -> Double {
    zip(left, right).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }
}
