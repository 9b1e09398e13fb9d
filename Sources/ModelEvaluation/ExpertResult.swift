import Datasets

/// How the experts, or the heads, of one network did on their own and beside each other.
public struct ExpertResult: Sendable, Equatable, Codable {
  /// One expert.
  public struct Expert: Sendable, Equatable, Codable {
    /// Right answers over images.
    public let accuracy: Double
    /// Mean per-class accuracy of each shot group; an empty group is absent.
    public let shotGroups: [ShotGroup: Double]
  }

  /// How far a routed network goes.
  public struct Routing: Sendable, Equatable, Codable {
    /// The share of images that stop after one, two, … experts.
    public let shares: [Double]
    /// The same among the images of each shot group; an empty group is absent.
    public let shotGroups: [ShotGroup: [Double]]

    /// The mean number of experts an image uses.
    public var meanExperts: Double { Self.mean(shares) }

    /// The mean number of experts by the shares of images that stop after each.
    public static func mean(_ shares: [Double]) -> Double {
      shares.enumerated().reduce(0) { $0 + Double($1.offset + 1) * $1.element }
    }
  }

  /// Each expert, in order.
  public let experts: [Expert]
  /// The share of images on which two experts agree; 1 for an expert with itself.
  public let agreement: [[Double]]
  /// The mean of that over pairs of different experts.
  public let meanAgreement: Double
  /// The same over the images of each shot group; an empty group is absent.
  public let shotGroupAgreement: [ShotGroup: Double]
  /// How far a routed network goes; nil where every image uses all experts.
  public let routing: Routing?
  /// Mean operations an image by the shares of routing; nil where every image uses all experts.
  public var meanOperations: Double?
}

extension ExpertCounts {
  /// What was counted, as shares.
  ///
  /// - Parameters:
  ///   - classes: the training distribution, which decides the shot groups.
  ///   - rule: the limits of many, medium and few.
  /// - Throws: ``EvaluationError`` before the first image, for one expert, or another number of classes.
  public func result(classes: ClassDistribution, rule: ShotGroupRule = .strict) throws -> ExpertResult {
    guard classes.classCount == classCount else { throw EvaluationError.differentSettings("classes") }
    guard expertCount >= 2 else { throw EvaluationError.tooFewExperts(expertCount) }
    let total = images.reduce(0, +)
    guard total > 0 else { throw EvaluationError.noSamples }
    let groups = ShotGroup.allCases.compactMap { group -> (ShotGroup, [Int])? in
      let members = classes.classes(in: group, rule: rule).filter { images[$0] > 0 }
      return members.isEmpty ? nil : (group, members)
    }
    func byGroup<Value>(_ value: ([Int]) -> Value?) -> [ShotGroup: Value] {
      Dictionary(uniqueKeysWithValues: groups.compactMap { group, members in value(members).map { (group, $0) } })
    }
    let all = Array(images.indices)
    let agreement = agreementShares(of: all)
    return ExpertResult(
      experts: right.map { row in
        ExpertResult.Expert(
          accuracy: Double(row.reduce(0, +)) / Double(total),
          shotGroups: byGroup { members in
            members.reduce(0) { $0 + Double(row[$1]) / Double(images[$1]) } / Double(members.count)
          })
      },
      agreement: agreement, meanAgreement: Self.meanOfPairs(agreement),
      shotGroupAgreement: byGroup { Self.meanOfPairs(agreementShares(of: $0)) },
      routing: routingShares().map { shares in
        ExpertResult.Routing(shares: shares, shotGroups: byGroup { routingShares(of: $0) })
      })
  }

  private func agreementShares(of classes: [Int]) -> [[Double]] {
    let total = classes.reduce(0) { $0 + images[$1] }
    return (0..<expertCount).map { first in
      (0..<expertCount).map { second in
        Double(classes.reduce(0) { $0 + agreements[$1][first][second] }) / Double(max(1, total))
      }
    }
  }

  private static func meanOfPairs(_ shares: [[Double]]) -> Double {
    let pairs = shares.indices.flatMap { first in shares.indices.filter { $0 != first }.map { shares[first][$0] } }
    return pairs.reduce(0, +) / Double(max(1, pairs.count))
  }
}
