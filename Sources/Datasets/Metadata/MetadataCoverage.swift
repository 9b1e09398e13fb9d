/// The number of records that have each kind of metadata.
public struct MetadataCoverage: Sendable, Hashable, Codable {
  /// All records.
  public var recordCount = 0
  /// Records with both coordinates in range.
  public var locatedCount = 0
  /// Records with a date that could be read.
  public var datedCount = 0
  /// Of those, the ones with a time of day.
  public var timedCount = 0
  /// Records with numeric attributes.
  public var attributedCount = 0
  /// The number of numeric attributes of a record.
  public var attributeCount = 0
  /// Other columns, with the number of records that have a value.
  public var fields: [Field] = []
  /// The smallest and largest latitude and longitude, in degrees; absent without coordinates.
  public var bounds: Bounds?

  /// One column.
  public struct Field: Sendable, Hashable, Codable {
    /// Its name.
    public var name: String
    /// Records with a value.
    public var count: Int

    /// Counts the records with a value.
    public init(name: String, count: Int) {
      self.name = name
      self.count = count
    }
  }

  /// Where the records lie.
  public struct Bounds: Sendable, Hashable, Codable {
    /// South, in degrees.
    public var smallestLatitude: Double
    /// North, in degrees.
    public var largestLatitude: Double
    /// West, in degrees.
    public var smallestLongitude: Double
    /// East, in degrees.
    public var largestLongitude: Double
  }

  /// Counts what the records of a source have; `nil` without a metadata source.
  public init?(of images: any ImageSource) {
    guard let source = images.metadata else { return nil }
    recordCount = images.count
    attributeCount = source.attributeNames.count
    var filled = [String: Int]()
    for index in 0..<recordCount {
      let record = source.metadata(at: index)
      add(record)
      for name in record.fields.keys { filled[name, default: 0] += 1 }
    }
    fields = source.fieldNames.map { Field(name: $0, count: filled[$0] ?? 0) }
  }

  private mutating func add(_ record: RecordMetadata) {
    if !record.attributes.isEmpty { attributedCount += 1 }
    if let date = record.date.flatMap({ RecordDate($0) }) {
      datedCount += 1
      if date.hour != nil { timedCount += 1 }
    }
    guard let latitude = record.latitude, let longitude = record.longitude, abs(latitude) <= 90, abs(longitude) <= 180
    else { return }
    locatedCount += 1
    let known =
      bounds
      ?? Bounds(
        smallestLatitude: latitude, largestLatitude: latitude, smallestLongitude: longitude, largestLongitude: longitude
      )
    bounds = Bounds(
      smallestLatitude: min(known.smallestLatitude, latitude), largestLatitude: max(known.largestLatitude, latitude),
      smallestLongitude: min(known.smallestLongitude, longitude),
      largestLongitude: max(known.largestLongitude, longitude))
  }
}
