/// Which run a checkpoint belongs to: a random identifier, and every choice that the run's result depends on.
///
/// A run writes its identity when it begins and each of its checkpoints carries it, so that a checkpoint of another run, or of a run whose
/// settings have been edited since, is refused with what differs.
public struct RunIdentity: Sendable, Codable, Equatable {
  /// A random identifier, made when the run begins.
  public var identifier: String
  /// Settings and other choices by name, as text: `training.learningRate`, `seed`, `objective`, …
  public var choices: [String: String]

  /// Names a run.
  public init(identifier: String, choices: [String: String]) {
    self.identifier = identifier
    self.choices = choices
  }

  /// What another run has chosen differently, sorted by name, such as `training.learningRate: 0.1 there, 0.05 here`.
  ///
  /// A choice that only this run names does not count: a newer program may have more settings than the one that wrote the other.
  public func differences(from other: RunIdentity) -> [String] {
    other.choices.sorted { $0.key < $1.key }.compactMap { name, value in
      let own = choices[name]
      return own == value ? nil : "\(name): \(value) there, \(own ?? "nothing") here"
    }
  }
}
