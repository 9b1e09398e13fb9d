import Datasets

/// The accuracy and agreement of the experts, or the heads, of one network.
public struct ExpertResult: Sendable, Equatable, Codable {
  /// One expert.
  public struct Expert: Sendable, Equatable, Codable {
    /// Accuracy over all images.
    public let accuracy: Double
    /// Mean per-class accuracy of each shot group; an empty group is absent.
    public let shotGroups: [ShotGroup: Double]
  }

  /// How many experts the images of a routed network use.
  public struct Routing: Sendable, Equatable, Codable {
    /// The shares of images that use one, two, … experts.
    public let shares: [Double]
    /// The same for the images of each shot group; an empty group is absent.
    public let shotGroups: [ShotGroup: [Double]]

    /// The mean number of experts per image.
    public var meanExperts: Double { Self.mean(shares) }

    /// The mean number of experts per image from the shares of images that use one, two, … experts.
    public static func mean(_ shares: [Double]) -> Double {
      shares.enumerated().reduce(0) { $0 + Double($1.offset + 1) * $1.element }
    }
  }

  /// Each expert, in order.
  public let experts: [Expert]
  /// The share of images for which two experts predict the same class; 1 for an expert with itself.
  public let agreement: [[Double]]
  /// The mean agreement over pairs of different experts.
  public let meanAgreement: Double
  /// The mean agreement for the images of each shot group; an empty group is absent.
  public let shotGroupAgreement: [ShotGroup: Double]
  /// How many experts images use; nil without routing.
  public let routing: Routing?
  /// Mean multiply-add operations per image with routing; nil without.
  public var meanOperations: Double?
}

extension ExpertCounts {
  /// The counts as accuracies and shares.
  ///
  /// - Parameters:
  ///   - classes: the training distribution, which determines the shot groups.
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
      experts: correct.map { row in
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
