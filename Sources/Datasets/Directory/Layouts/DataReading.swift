/// How to read a data set where this should not be detected. Run folders store it to open the data again.
public struct DataReading: Sendable, Hashable, Codable {
  /// The format; nil to detect it.
  public var format: DataFormat?
  /// The folder that paths of lists, tables and JSON files are relative to; nil to search for it.
  public var imageRoot: String?
  /// The suffix that lists, tables and JSON files leave out, such as `jpg`; nil to detect it.
  public var imageSuffix: String?
  /// The names of the columns of tables.
  public var columns: ImageTableColumns

  /// Everything that is not given is detected.
  public init(
    format: DataFormat? = nil, imageRoot: String? = nil, imageSuffix: String? = nil,
    columns: ImageTableColumns = ImageTableColumns()
  ) {
    self.format = format
    self.imageRoot = imageRoot
    self.imageSuffix = imageSuffix
    self.columns = columns
  }
}
