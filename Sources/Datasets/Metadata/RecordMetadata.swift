/// Metadata of an image beside its label: coordinates, date, attributes and other columns.
///
/// An absent value is `nil`; a latitude or longitude of 0 is a value.
public struct RecordMetadata: Sendable, Hashable, Codable {
  /// Degrees, north positive, -90...90.
  public var latitude: Double?
  /// Degrees, east positive, -180...180.
  public var longitude: Double?
  /// Radius around the coordinates, in metres, as stated; published sets hold negative and absurdly large ones.
  public var locationUncertainty: Double?
  /// The date as the data state it, such as `2018-05-03` or `2018-05-03 14:20:11+00:00`; see `RecordDate` for its parts.
  public var date: String?
  /// Numbers in the order of `MetadataSource.attributeNames`; empty where the data have none.
  public var attributes: [Float]
  /// Other columns of a table by name; empty cells are absent.
  public var fields: [String: String]

  /// Metadata from parts.
  public init(
    latitude: Double? = nil, longitude: Double? = nil, locationUncertainty: Double? = nil, date: String? = nil,
    attributes: [Float] = [], fields: [String: String] = [:]
  ) {
    self.latitude = latitude
    self.longitude = longitude
    self.locationUncertainty = locationUncertainty
    self.date = date
    self.attributes = attributes
    self.fields = fields
  }
}
