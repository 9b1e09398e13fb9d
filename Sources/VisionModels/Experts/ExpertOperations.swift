import NeuralNetworks

/// The operations of a network of experts for one image, by part.
public struct ExpertOperations: Sendable, Codable, Equatable {
  /// The part that all experts share.
  public var shared: OperationCounts
  /// Each expert with its head, without the routers.
  public var experts: [OperationCounts]

  /// Names the parts.
  public init(shared: OperationCounts, experts: [OperationCounts]) {
    self.shared = shared
    self.experts = experts
  }

  /// Operations of a part: one per multiply-accumulate, and the given number per element of a normalisation's output.
  public static func total(_ counts: OperationCounts, perNormalizedElement: Int = 0) -> Int {
    counts.total + perNormalizedElement * counts.normalizedElements
  }

  /// Operations where all experts are computed.
  public func all(perNormalizedElement: Int = 0) -> Int {
    ([shared] + experts).reduce(0) { $0 + Self.total($1, perNormalizedElement: perNormalizedElement) }
  }

  /// The mean operations of an image where some images stop early.
  ///
  /// Published counts of RIDE on CIFAR have `perNormalizedElement: 2`.
  /// - Parameters:
  ///   - fractions: the share of images that stop after one expert, after two, and so on.
  ///   - perNormalizedElement: operations for each element that a normalisation gives.
  /// - Throws: `ModelError.setting` unless there is a share for each expert.
  public func expected(stoppingFractions fractions: [Double], perNormalizedElement: Int = 0) throws -> Double {
    guard fractions.count == experts.count else {
      throw ModelError.setting(
        name: "stopping fractions", value: "\(fractions)", expected: "one for each of the \(experts.count) experts")
    }
    var used = 0.0
    var result = Double(Self.total(shared, perNormalizedElement: perNormalizedElement))
    // An image that stops later has used this expert too.
    for (index, expert) in experts.enumerated() {
      used = fractions[index...].reduce(0, +)
      result += used * Double(Self.total(expert, perNormalizedElement: perNormalizedElement))
    }
    return result
  }
}
