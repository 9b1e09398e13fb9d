/// How a data folder is to be read, where that shall not be found out: what a run remembers to open its data again.
public struct DataReading: Sendable, Hashable, Codable {
  /// The format; absent where it is found out.
  public var format: DataFormat?
  /// The folder that paths of lists, tables and JSON files are relative to; absent where it is found.
  public var imageRoot: String?
  /// The suffix that lists, tables and JSON files leave out, such as `jpg`; absent where it is found.
  public var imageSuffix: String?
  /// What the columns of tables are called.
  public var columns: ImageTableColumns

  /// Nothing but what is given is fixed.
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
