/// Numeric attributes of records: a row of values each.
struct AttributeTable: MetadataSource {
  let attributeNames: [String]
  /// Rows, one after the other.
  let values: [Float]
  var fieldNames: [String] { [] }

  func metadata(at index: Int) -> RecordMetadata {
    let width = attributeNames.count
    return RecordMetadata(attributes: Array(values[(index * width)..<((index + 1) * width)]))
  }
}
