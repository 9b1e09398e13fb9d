import Serialization

extension SettingChecks {
  /// A length of training: at least one epoch or step, and so few that a table of learning rates, one per step, can be
  /// made.
  public mutating func length(_ name: String, _ value: TrainingLength) {
    switch value {
    case .epochs(let count): integer(name, count, in: 1...1_000_000, " epochs")
    case .steps(let count): integer(name, count, in: 1...100_000_000, " steps")
    }
  }
}
