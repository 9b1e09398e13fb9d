import Serialization

/// Detects the kind of a JSON annotation file from its first annotation.
enum AnnotationProbe {
  /// The kinds of files.
  enum Contents {
    /// Annotations with one class for each image.
    case labels
    /// Annotations that mark objects.
    case objects
    /// Images without annotations, as the test files of competitions have them.
    case unlabelled
    /// None of these.
    case nothing
  }

  /// Thrown to leave the file when its kind is known.
  private struct DetectedContents: Error { let contents: Contents }

  /// Reads a file up to its first annotation.
  ///
  /// - Throws: `DataSourceError.malformed` for a file that is no JSON; `ImageCodecError` if it cannot be read.
  static func contents(of file: String) throws -> Contents {
    var result = Contents.nothing
    do {
      var json = try JSONReader(contentsOf: file)
      guard try json.kind() == .object else {
        try json.skipValue()
        return .nothing
      }
      try json.readObject { json, key in
        if key == "images", try json.kind() == .array { result = .unlabelled }
        guard key == "annotations", try json.kind() == .array else { return try json.skipValue() }
        try json.readArray { json in
          guard try json.kind() == .object else { throw DetectedContents(contents: .nothing) }
          var keys = Set<String>()
          try json.readObject { json, key in
            keys.insert(key)
            try json.skipValue()
          }
          let hasObjects = keys.contains("bbox") || keys.contains("segmentation")
          throw DetectedContents(contents: hasObjects ? .objects : keys.contains("category_id") ? .labels : .nothing)
        }
      }
    } catch let detected as DetectedContents {
      return detected.contents
    }
    return result
  }
}
