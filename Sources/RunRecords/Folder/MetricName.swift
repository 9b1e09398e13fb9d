/// The names of the metrics that tables show.
public enum MetricName {
  /// Correctly predicted images over all images.
  public static let accuracy = "accuracy"
  /// The mean over classes of the accuracy of each class.
  public static let balancedAccuracy = "balancedAccuracy"
  /// `accuracy` over the images of classes with many training images.
  public static let manyShotAccuracy = "manyShotAccuracy"
  /// `accuracy` over the images of classes with a medium number of training images.
  public static let mediumShotAccuracy = "mediumShotAccuracy"
  /// `accuracy` over the images of classes with few training images.
  public static let fewShotAccuracy = "fewShotAccuracy"

  /// What tables show, in order.
  public static let headline = [accuracy, manyShotAccuracy, mediumShotAccuracy, fewShotAccuracy, balancedAccuracy]

  /// The head of a column: `all`, `many`, `medium`, `few`, `balanced`; other names stay.
  public static func columnTitle(_ name: String) -> String {
    switch name {
    case accuracy: "all"
    case manyShotAccuracy: "many"
    case mediumShotAccuracy: "medium"
    case fewShotAccuracy: "few"
    case balancedAccuracy: "balanced"
    default: name
    }
  }
}
