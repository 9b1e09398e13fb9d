/// A length or a moment of training, counted from 0 at the start of a stage: never a bare number, because a sampler can
/// change how many steps an epoch has.
public enum TrainingLength: Sendable, Hashable, Codable, CustomStringConvertible {
  /// Whole passes over the training stream.
  case epochs(Int)
  /// Updates of the weights.
  case steps(Int)

  /// In steps, for an epoch of the given length; at most the greatest integer.
  public func steps(stepsPerEpoch: Int) -> Int {
    switch self {
    case .epochs(let count):
      switch count.multipliedReportingOverflow(by: stepsPerEpoch) {
      case (let steps, false): steps
      case (_, true): .max
      }
    case .steps(let count): count
    }
  }

  /// A share of the length in the same unit, rounded up; at least 1.
  public func scaled(by numerator: Int, over denominator: Int) -> TrainingLength {
    func share(_ count: Int) -> Int {
      max(1, Int((Double(count) * Double(numerator) / Double(denominator)).rounded(.up)))
    }
    switch self {
    case .epochs(let count): return .epochs(share(count))
    case .steps(let count): return .steps(share(count))
    }
  }

  /// A multiple of the length in the same unit, rounded up; at least 1.
  ///
  /// - Parameter factor: finite and above 0.
  public func scaled(by factor: Double) -> TrainingLength {
    // What rounding has added to a whole number must not make another one of it.
    func multiple(_ count: Int) -> Int {
      max(1, Int(exactly: (Double(count) * factor - 1e-9).rounded(.up)) ?? count)
    }
    switch self {
    case .epochs(let count): return .epochs(multiple(count))
    case .steps(let count): return .steps(multiple(count))
    }
  }

  /// The length over another one; nil where the units differ and nothing is known of the length of an epoch, and beside
  /// a length of 0.
  public func share(of other: TrainingLength, stepsPerEpoch: Int?) -> Double? {
    switch (self, other) {
    case (.epochs(let count), .epochs(let whole)), (.steps(let count), .steps(let whole)):
      return whole > 0 ? Double(count) / Double(whole) : nil
    default:
      guard let stepsPerEpoch else { return nil }
      let whole = other.steps(stepsPerEpoch: stepsPerEpoch)
      return whole > 0 ? Double(steps(stepsPerEpoch: stepsPerEpoch)) / Double(whole) : nil
    }
  }

  /// Where a share at its end begins, to the nearest epoch or step.
  public func start(ofLast share: Double) -> TrainingLength {
    func start(_ count: Int) -> Int { Int(exactly: (Double(count) * (1 - share)).rounded()) ?? count }
    switch self {
    case .epochs(let count): return .epochs(start(count))
    case .steps(let count): return .steps(start(count))
    }
  }

  /// `160 epochs` or `13000 steps`.
  public var description: String {
    switch self {
    case .epochs(let count): "\(count) epochs"
    case .steps(let count): "\(count) steps"
    }
  }

  /// Reads `160 epochs`, `160ep` or `13000 steps`.
  public init?(_ text: String) {
    let digits = text.prefix { $0.isNumber }
    let unit = text.dropFirst(digits.count).drop { $0 == " " }
    guard let count = Int(digits) else { return nil }
    switch unit {
    case "epoch", "epochs", "ep": self = .epochs(count)
    case "step", "steps": self = .steps(count)
    default: return nil
    }
  }

  /// Decodes the text form.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    // A bare number is the usual slip; the two units differ by hundreds.
    if let number = try? container.decode(Double.self) {
      let count = Int(exactly: number).map(String.init) ?? "\(number)"
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "a length needs a unit: write '\(count) epochs' or '\(count) steps' in place of \(count)")
    }
    let text = try container.decode(String.self)
    guard let value = TrainingLength(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a length is written as '160 epochs' or '13000 steps', but '\(text)' came")
    }
    self = value
  }

  /// Encodes the text form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
