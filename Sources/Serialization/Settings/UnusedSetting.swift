/// A setting that has no effect beside the present values of others.
public struct UnusedSetting: Sendable, Equatable {
  /// The path of the setting, such as `training.optimizer.nesterov`.
  public let path: String
  /// Why it has no effect, and what would change that.
  public let reason: String

  /// Creates a description of a setting without effect.
  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }
}
