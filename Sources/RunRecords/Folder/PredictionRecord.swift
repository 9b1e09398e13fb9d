/// One row of `predictions.csv`.
public struct PredictionRecord: Sendable, Equatable {
  /// The position of the image in the evaluated data, from 0.
  public var index: Int
  /// The path of the image, or empty.
  public var path: String
  /// The name of the true class, or empty if it is not known.
  public var label: String
  /// The name of the predicted class.
  public var prediction: String
  /// The probability of the predicted class, 0 to 1.
  public var confidence: Double

  /// A record from its parts.
  public init(index: Int, path: String = "", label: String = "", prediction: String, confidence: Double) {
    self.index = index
    self.path = path
    self.label = label
    self.prediction = prediction
    self.confidence = confidence
  }

  static let header = ["index", "path", "label", "prediction", "confidence"]

  /// Reads a row; nil where it does not fit.
  init?(_ fields: [String]) {
    guard fields.count == Self.header.count, let index = Int(fields[0]), let confidence = Double(fields[4]) else {
      return nil
    }
    self.init(index: index, path: fields[1], label: fields[2], prediction: fields[3], confidence: confidence)
  }

  var fields: [String] { ["\(index)", path, label, prediction, "\(confidence)"] }
}
