/// Why a golden case or book cannot be read.
struct GoldenCaseError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// Names in quotation marks, separated by commas.
func quoted(_ names: some Sequence<String>) -> String {
  names.map { "\"\($0)\"" }.joined(separator: ", ")
}
