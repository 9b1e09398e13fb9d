import Datasets
import Serialization
import Testing

/// The message of the error with which a body refuses damaged data: that of a file format, or that of a data set.
func refusal<Result>(
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Result
) throws -> String {
  do {
    _ = try body()
  } catch let error as DataSourceError {
    return error.description
  } catch let error as SerializationError {
    return error.description
  }
  Issue.record("no error was thrown", sourceLocation: sourceLocation)
  return ""
}
