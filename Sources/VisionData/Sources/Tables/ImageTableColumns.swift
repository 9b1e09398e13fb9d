/// Which columns of a table mean what. `nil` takes the first of the usual names that the table has, compared without case.
public struct ImageTableColumns: Sendable, Hashable, Codable {
  /// The path of the image, relative to a folder.
  public var path: String?
  /// The class: a name or a number.
  public var label: String?
  /// The split: `train`, `validation` or `test`, or a usual short form.
  public var split: String?
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
    path: String? = nil, label: String? = nil, split: String? = nil, latitude: String? = nil, longitude: String? = nil,
    locationUncertainty: String? = nil, date: String? = nil, kept: [String]? = nil
  ) {
    self.path = path
    self.label = label
    self.split = split
    self.latitude = latitude
    self.longitude = longitude
    self.locationUncertainty = locationUncertainty
    self.date = date
    self.kept = kept
  }

  /// The names that a column of paths usually has.
  public static let pathNames = [
    "path", "file", "file_name", "filename", "filepath", "file_path", "image", "image_path", "image_file", "img",
  ]
  /// The names that a column of classes usually has.
  public static let labelNames = [
    "label", "class", "class_name", "classname", "category", "category_name", "species", "target", "label_name",
    "class_id", "category_id",
  ]
  /// The names that a column of splits usually has.
  public static let splitNames = ["split", "subset", "partition", "set", "fold"]
  static let latitudeNames = ["latitude", "lat", "decimallatitude"]
  static let longitudeNames = ["longitude", "lon", "lng", "long", "decimallongitude"]
  static let uncertaintyNames = [
    "location_uncertainty", "positional_accuracy", "loc_uncert", "coordinateuncertaintyinmeters",
  ]
  static let dateNames = ["date", "datetime", "observed_on", "eventdate", "date_captured", "timestamp"]
}
