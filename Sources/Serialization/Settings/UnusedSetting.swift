/// A setting that has no effect beside the present values of others.
public struct UnusedSetting: Sendable, Equatable {
  /// The path of the setting, such as `training.decayEpochs`.
  public let path: String
  /// Why it has none, and what would change that.
  public let reason: String

  /// Names a setting and the reason.
  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }
}
