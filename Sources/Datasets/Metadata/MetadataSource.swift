/// Gives the metadata of each record of an image source.
///
/// All functions may be called from any thread.
///
/// - Precondition: every index handed in is one of the image source.
public protocol MetadataSource: Sendable {
  /// The names of the numbers in `RecordMetadata.attributes`, in order; such as the 312 attributes of CUB-200-2011.
  var attributeNames: [String] { get }

  /// The names that `RecordMetadata.fields` may have.
  var fieldNames: [String] { get }

  /// The metadata of a record.
  func metadata(at index: Int) -> RecordMetadata
}

/// The metadata of some records of another source, in their order.
struct SelectedMetadata: MetadataSource {
  let base: any MetadataSource
  let originalIndices: [Int]

  var attributeNames: [String] { base.attributeNames }
  var fieldNames: [String] { base.fieldNames }
  func metadata(at index: Int) -> RecordMetadata { base.metadata(at: originalIndices[index]) }
}
