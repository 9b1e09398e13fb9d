/// How well a class is represented in training. Groups are made from *training* counts, whatever set is evaluated.
public enum ShotGroup: String, Sendable, Codable, CaseIterable, CodingKeyRepresentable {
  /// Many training images: more than 100 by the usual rule.
  case many
  /// Between the two limits: 20 to 100 training images by the usual rule.
  case medium
  /// Few training images: fewer than 20 by the usual rule.
  case few
}
