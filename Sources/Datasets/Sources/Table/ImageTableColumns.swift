/// Which columns of a table mean what. `nil` takes the first of the usual names that the table has; case, spaces and punctuation of names
/// do not count.
public struct ImageTableColumns: Sendable, Hashable, Codable {
  /// The path of the image, relative to a folder.
  public var path: String?
  /// The class: a name or a number.
  public var label: String?
  /// The split: `train`, `validation` or `test`, or a usual short form; `none` where no column of the table tells it.
  public var split: String?
  /// The values of the column of splits that mean the test set; all values that are not named are for training.
  public var testValues: [String]?
  /// The values of the column of splits that mean the validation set.
  public var validationValues: [String]?
  /// Degrees north.
  public var latitude: String?
  /// Degrees east.
  public var longitude: String?
  /// Metres around the coordinates.
  public var locationUncertainty: String?
  /// The date.
  public var date: String?
  /// The other columns to keep; `nil` keeps all.
  public var kept: [String]?

  /// The usual names, unless others are given.
  public init(
    path: String? = nil, label: String? = nil, split: String? = nil, testValues: [String]? = nil,
    validationValues: [String]? = nil, latitude: String? = nil, longitude: String? = nil,
    locationUncertainty: String? = nil, date: String? = nil, kept: [String]? = nil
  ) {
    self.path = path
    self.label = label
    self.split = split
    self.testValues = testValues
    self.validationValues = validationValues
    self.latitude = latitude
    self.longitude = longitude
    self.locationUncertainty = locationUncertainty
    self.date = date
    self.kept = kept
  }

  /// The names that a column of paths usually has; those of identifiers come last.
  public static let pathNames = [
    "path", "file", "file_name", "file_path", "image", "image_path", "image_file", "image_file_name", "img", "img_path",
    "image_name", "img_name", "photo", "image", "image_id", "img_id", "photo_id",
  ]
  /// The names that a column of classes usually has.
  public static let labelNames = [
    "label", "class", "class_name", "category", "category_name", "species", "target", "label_name", "class_label",
    "labels",
    "classes", "class_id", "category_id", "label_id", "species_id",
  ]
  /// The names that a column of splits usually has.
  public static let splitNames = ["split", "subset", "partition", "set", "fold"]
  /// The name that stands for no column of splits.
  static let noSplit = "none"
  static let latitudeNames = ["latitude", "lat", "decimallatitude"]
  static let longitudeNames = ["longitude", "lon", "lng", "long", "decimallongitude"]
  static let uncertaintyNames = [
    "location_uncertainty", "positional_accuracy", "loc_uncert", "coordinateuncertaintyinmeters",
  ]
  static let dateNames = ["date", "datetime", "observed_on", "eventdate", "date_captured", "timestamp"]
}
