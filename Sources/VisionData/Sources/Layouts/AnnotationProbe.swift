/// Finds out what the annotations of a JSON file say, by the first of them.
enum AnnotationProbe {
  /// What annotations may say.
  enum Contents { case labels, objects, nothing }

  /// Thrown to leave the file when its kind is known.
  private struct Known: Error { let contents: Contents }

  /// Reads a file up to its first annotation; `nothing` for a file without, or one that is no JSON.
  static func contents(of file: String) -> Contents {
    do {
      var json = try JSONReader(contentsOf: file)
      guard try json.kind() == .object else { return .nothing }
      try json.readObject { json, key in
        guard key == "annotations", try json.kind() == .array else { return try json.skipValue() }
        try json.readArray { json in
          guard try json.kind() == .object else { throw Known(contents: .nothing) }
          var keys = Set<String>()
          try json.readObject { json, key in
            keys.insert(key)
            try json.skipValue()
          }
          let hasObjects = keys.contains("bbox") || keys.contains("segmentation")
          throw Known(contents: hasObjects ? .objects : keys.contains("category_id") ? .labels : .nothing)
        }
      }
    } catch let known as Known {
      return known.contents
    } catch {
      return .nothing
    }
    return .nothing
  }
}
