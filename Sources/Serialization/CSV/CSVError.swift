/// Text that is not comma-separated values.
package struct CSVError: Error, Equatable {
  /// The line, from 1.
  package let line: Int
  /// What is wrong.
  package let problem: String

  /// Says what is wrong in a line.
  package init(line: Int, problem: String) {
    self.line = line
    self.problem = problem
  }
}
