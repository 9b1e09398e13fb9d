/// One row of `per-class.csv`.
public struct ClassRecord: Sendable, Equatable {
  /// The index of the class in the class order of training.
  public var index: Int
  /// The name of the class.
  public var name: String
  /// Training images.
  public var trainingCount: Int
  /// The shot group: `many`, `medium`, `few`.
  public var shotGroup: String
  /// Evaluated images.
  public var evaluatedCount: Int
  /// Recall: correctly predicted images over evaluated images; nil without images.
  public var accuracy: Double?
  /// Correct predictions of the class over all predictions of it; nil if it was never predicted.
  public var precision: Double?
  /// The harmonic mean of accuracy and precision; nil if one of them is.
  public var f1: Double?

  /// A record from its parts.
  public init(
    index: Int, name: String, trainingCount: Int, shotGroup: String, evaluatedCount: Int, accuracy: Double?,
    precision: Double? = nil, f1: Double? = nil
  ) {
    self.index = index
    self.name = name
    self.trainingCount = trainingCount
    self.shotGroup = shotGroup
    self.evaluatedCount = evaluatedCount
    self.accuracy = accuracy
    self.precision = precision
    self.f1 = f1
  }

  static let header = [
    "index", "class", "training_images", "shot_group", "evaluated_images", "accuracy", "precision", "f1",
  ]

  var fields: [String] {
    ["\(index)", name, "\(trainingCount)", shotGroup, "\(evaluatedCount)"]
      + [accuracy, precision, f1].map { $0.map { "\($0)" } ?? "" }
  }

  /// Reads a row; nil where it does not fit.
  init?(_ fields: [String]) {
    guard fields.count == Self.header.count, let index = Int(fields[0]), let trainingCount = Int(fields[2]),
      let evaluatedCount = Int(fields[4])
    else { return nil }
    var numbers: [Double?] = []
    for field in fields[5...] {
      if field.isEmpty {
        numbers.append(nil)
      } else if let number = Double(field) {
        numbers.append(number)
      } else {
        return nil
      }
    }
    self.init(
      index: index, name: fields[1], trainingCount: trainingCount, shotGroup: fields[3], evaluatedCount: evaluatedCount,
      accuracy: numbers[0], precision: numbers[1], f1: numbers[2])
  }
}
