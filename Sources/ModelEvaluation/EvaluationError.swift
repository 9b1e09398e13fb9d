/// Why predictions cannot be evaluated.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
  /// The number of logits is not the number of samples times the number of classes.
  case logitCount(got: Int, samples: Int, classes: Int)
  /// A list does not have the expected length.
  case lengths(String, got: Int, samples: Int)
  /// A label or a prediction is not a class.
  case outOfRange(String, value: Int, sample: Int, classes: Int)
  /// A sample's logits have no largest finite value.
  case notFinite(sample: Int)
  /// A confidence is outside 0...1.
  case confidence(Double, sample: Int)
  /// A setting of the evaluation is below 1.
  case notPositive(String, Int)
  /// Nothing was evaluated.
  case noSamples
  /// Bias and variance need the predictions of at least one model.
  case tooFewModels(Int)
  /// Agreement and routing need at least two experts.
  case tooFewExperts(Int)
  /// The number of experts that an image used is out of range.
  case experts(used: Int, experts: Int)
  /// A confusion matrix is invalid; the text says why.
  case confusion(String)
  /// Two evaluations with different settings cannot be merged.
  case differentSettings(String)

  /// What was expected, what was found and what to do.
  public var description: String {
    switch self {
    case .logitCount(let got, let samples, let classes):
      "\(samples) samples of \(classes) classes have \(samples * classes) logits, got \(got); "
        + "check that model and data have the same classes"
    case .lengths(let what, let got, let samples):
      "expected \(samples) \(what), got \(got)"
    case .outOfRange(let what, let value, let sample, let classes):
      "the \(what) of sample \(sample) is \(value), expected one of the \(classes) classes (0...\(classes - 1))"
    case .notFinite(let sample):
      "the logits of sample \(sample) contain NaN or have no finite largest value; the model has diverged or its "
        + "input was not finite"
    case .confidence(let value, let sample):
      "the confidence of sample \(sample) is \(value), expected a probability in 0...1"
    case .notPositive(let what, let value):
      "the \(what) is \(value), expected 1 or more"
    case .noSamples:
      "no sample was evaluated; the evaluation set is empty"
    case .tooFewModels(let count):
      "bias and variance need the predictions of at least 1 model, got \(count)"
    case .tooFewExperts(let count):
      "agreement and routing need at least 2 experts, got \(count)"
    case .experts(let used, let experts):
      "an image used \(used) experts, expected a number within 1...\(experts)"
    case .confusion(let found):
      "invalid confusion matrix: \(found)"
    case .differentSettings(let what):
      "two evaluations can be merged only with the same \(what)"
    }
  }
}
