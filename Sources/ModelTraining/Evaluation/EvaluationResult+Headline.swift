import ModelEvaluation
import RunRecords

extension EvaluationResult {
  /// The metrics that tables show, under the names that records use; those that do not exist are absent.
  public var headline: [(name: String, value: Double)] {
    var values = [(MetricName.accuracy, accuracy), (MetricName.balancedAccuracy, balancedAccuracy)]
    let groups = [
      (MetricName.manyShotAccuracy, accuracy(of: .many)), (MetricName.mediumShotAccuracy, accuracy(of: .medium)),
      (MetricName.fewShotAccuracy, accuracy(of: .few)),
    ]
    for case (let name, let value?) in groups { values.append((name, value)) }
    for (k, value) in topK.sorted(by: { $0.key < $1.key }) where k > 1 { values.append(("top\(k)Accuracy", value)) }
    values.append(("macroF1", macroF1))
    if let calibration { values.append(("expectedCalibrationError", calibration.expectedError)) }
    return values
  }
}
