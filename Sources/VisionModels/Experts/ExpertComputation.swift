/// How the late parts of experts are computed. The numbers differ by rounding only, and keys not at all.
public enum ExpertComputation: String, Sendable, Codable, CaseIterable {
  /// As it was measured to be fastest: `separate` on a processor, `stacked` on other devices.
  case automatic
  /// One expert after the other, but for the first layers of experts of equal shape, which see the same map.
  case separate
  /// Experts of equal shape together: their channels lie behind each other, their convolutions are one in groups, their
  /// normalisations one. Transformers and experts that differ in shape are computed one after the other.
  case stacked
}
