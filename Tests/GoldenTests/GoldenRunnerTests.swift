import Foundation
import LongtailTestSupport
import Testing

/// The harness itself: everything that could make a book pass without being checked must be a failure.
@Suite struct GoldenRunnerTests {
  /// Operations on two numbers, recognised by `op`, by `kind` and by their fields.
  private let runner = GoldenRunner([
    GoldenOperation("sum", book: "arithmetic") { inputs in
      let (a, b) = (try inputs.number("a"), try inputs.number("b"))
      guard a.isFinite else { throw Refusal(description: "a is not finite") }
      return ["sum": .number(a + b), "sum_numeric": .number(a + b), "count": .integer(2)]
    },
    GoldenOperation("speechless", book: "arithmetic") { _ in throw Refusal(description: "") },
    GoldenOperation(book: "product", fields: ["a", "b"], optionalFields: ["scale"]) { inputs in
      let scale = try inputs.optionalNumber("scale") ?? 1
      return ["product": .number(try inputs.number("a") * inputs.number("b") * scale)]
    },
    GoldenOperation(book: "ramp", fields: ["kind", "at"]) { inputs in
      ["value": .number(try inputs.choice("kind", ["linear": 1, "double": 2]) * inputs.number("at"))]
    },
    GoldenOperation("nested", book: "arithmetic") { inputs in
      let parts = try inputs.objects("parts")
      return ["sum": .number(try parts.map { try $0.number("x") }.reduce(0, +)), "none": .null]
    },
    GoldenOperation("rounded", book: "arithmetic", precision: .single) { inputs in
      ["half": .number(Double(Float(try inputs.number("a")) / 2))]
    },
  ])

  private struct Refusal: Error, CustomStringConvertible {
    let description: String
  }

  private func run(_ books: [String: String]) throws -> GoldenReport {
    try withTemporaryFolder { folder in
      for (name, text) in books { try Data(text.utf8).write(to: folder.appending(path: name)) }
      return runner.run(folder: folder)
    }
  }

  private func runCase(_ text: String, book: String = "any.json") throws -> GoldenReport {
    try run([book: #"{"source": "test", "cases": [\#(text)]}"#])
  }

  @Test func goodBooksPass() throws {
    let report = try run([
      "one.json": """
      {"cases": [
        {"name": "op", "inputs": {"op": "sum", "a": 1, "b": 2}, "expected": {"sum": 3, "count": 2}, "tolerance": 0},
        {"name": "kind", "inputs": {"kind": "sum", "a": 1e9, "b": 2}, "expected": {"sum": 1000000003},
         "tolerance": 1e-8},
        {"name": "refused", "inputs": {"op": "sum", "a": "inf", "b": 2}, "expected": {"error": "x"}, "tolerance": 0},
        {"name": "numeric", "inputs": {"op": "sum", "a": 1, "b": 2}, "expected": {"sum_numeric": 3.1},
         "tolerance": 0, "gradient_tolerance": 0.1},
        {"name": "inner", "inputs": {"op": "nested", "parts": [{"x": 1}, {"x": 2}]},
         "expected": {"sum": 3.0, "none": null}, "tolerance": 0},
        {"name": "single", "inputs": {"op": "rounded", "a": 0.2}, "expected": {"half": 0.10001}, "tolerance": 0}
      ]}
      """,
      "two.json": """
      {"source": "x", "cases": [
        {"name": "by fields", "inputs": {"a": 2, "b": 3}, "expected": {"product": 6}, "tolerance": 0},
        {"name": "optional", "inputs": {"a": 2, "b": 3, "scale": 1e-6}, "expected": {"product": 6.03e-6},
         "tolerance": 0.01, "tolerance_kind": "relative"},
        {"name": "kind is an input", "inputs": {"kind": "double", "at": 2}, "expected": {"value": 4}, "tolerance": 0}
      ]}
      """,
      "README.md": "not a book",
    ])
    #expect(report.failures == [])
    #expect(report.summary == "golden: 9 cases of 2 books")
    #expect(report.countedCases == 9)
  }

  /// Each bad case with a part of the failure that it must give.
  @Test(arguments: [
    (#"{"inputs": {"op": "power", "a": 1}, "expected": {"sum": 3}, "tolerance": 0}"#, "unknown operation \"power\""),
    (#"{"inputs": {"kind": "power", "a": 1}, "expected": {"sum": 3}, "tolerance": 0}"#, "unknown operation \"power\""),
    (#"{"inputs": {"x": 1}, "expected": {"sum": 3}, "tolerance": 0}"#, "no known operation"),
    (
      #"{"inputs": {"op": "sum", "a": 1, "b": 2, "c": 3}, "expected": {"sum": 3}, "tolerance": 0}"#,
      "input field \"c\""
    ),
    (
      #"{"inputs": {"op": "nested", "parts": [{"x": 1}, {"x": 2, "y": 3}]}, "expected": {"sum": 3}, "tolerance": 0}"#,
      "input field \"parts[1].y\""
    ),
    (#"{"inputs": {"op": "sum", "a": 1}, "expected": {"sum": 3}, "tolerance": 0}"#, "input \"b\" is missing"),
    (#"{"inputs": {"op": "sum", "a": 1}, "expected": {"error": "x"}, "tolerance": 0}"#, "input \"b\" is missing"),
    (
      #"{"inputs": {"op": "sum", "a": 1, "b": 2}, "expected": {"sum": 3, "mean": 1.5}, "tolerance": 0}"#,
      "expected field \"mean\""
    ),
    (#"{"inputs": {"op": "sum", "a": 1, "b": 2}, "expected": {"sum": 3.1}, "tolerance": 0.01}"#, "3.0, expected 3.1"),
    (#"{"inputs": {"op": "sum", "a": 1, "b": 2}, "expected": {"count": 2.5}, "tolerance": 1}"#, "2, expected 2.5"),
    (#"{"inputs": {"op": "sum", "a": 1, "b": 2}, "expected": {"sum": null}, "tolerance": 1}"#, "expected null"),
    (#"{"inputs": {"op": "sum", "a": 1, "b": 2}, "expected": {"sum": [3]}, "tolerance": 1}"#, "expected a list"),
    (#"{"inputs": {"op": "sum", "a": 1, "b": 2}, "expected": {"sum": "nan"}, "tolerance": 1}"#, "expected nan"),
    (#"{"inputs": {"op": "sum", "a": 1, "b": 2}, "expected": {"error": "x"}, "tolerance": 0}"#, "must refuse"),
    (#"{"inputs": {"op": "speechless"}, "expected": {"error": "x"}, "tolerance": 0}"#, "without saying why"),
    (#"{"inputs": {"op": "sum", "a": "inf", "b": 2}, "expected": {"sum": 3}, "tolerance": 0}"#, "a is not finite"),
    (
      #"{"inputs": {"op": "sum", "a": 1, "b": 2}, "expected": {"sum": 3}, "tolerance": 0, "skip": true}"#,
      "unknown field \"skip\""
    ),
    (#"{"inputs": {"op": "sum", "a": 1, "b": 2}, "expected": {"sum": 3}}"#, "tolerance"),
    (#"{"inputs": {"op": "sum", "a": 1, "b": 2}, "expected": {}, "tolerance": 0}"#, "expects nothing"),
    (
      #"{"inputs": {"op": "rounded", "a": 1}, "expected": {"half": 0.5}, "tolerance": 0, "float64_only": true}"#,
      "needs float64"
    ),
    (#"{"inputs": {"a": 1e-6, "b": 1}, "expected": {"product": 2e-6}, "tolerance": 1e-7}"#, "expected 2e-06"),
    (#"{"inputs": {"kind": "cubic", "at": 2}, "expected": {"value": 4}, "tolerance": 0}"#, "\"cubic\""),
    ("7", "expected an object"),
  ])
  func badCasesFail(text: String, failure: String) throws {
    let report = try runCase(text)
    #expect(report.failures.contains { $0.contains(failure) }, "\(report.failures)")
    #expect(report.countedCases == 1)
  }

  /// A book that is called like a known one but has another field: the field is named.
  @Test func unknownFieldsOfKnownBooksAreNamed() throws {
    let report = try runCase(
      #"{"inputs": {"a": 1, "b": 2, "mode": 3}, "expected": {"product": 2}, "tolerance": 0}"#, book: "product-2.json")
    #expect(report.failures.contains { $0.contains("input field \"mode\"") }, "\(report.failures)")
    #expect(report.caseCount == 0)
  }

  @Test func theWorstValueIsReported() throws {
    let report = GoldenRunner([
      GoldenOperation("list", book: "x") { _ in ["rows": .matrix([1, 2, 3, 4], columns: 2)] }
    ])
    try withTemporaryFolder { folder in
      let text =
        #"{"cases": [{"inputs": {"op": "list"}, "expected": {"rows": [[1, 2.5], [9, 4]]}, "tolerance": 0.1}]}"#
      try Data(text.utf8).write(to: folder.appending(path: "x.json"))
      #expect(
        report.run(folder: folder).failures == [
          "x, case number 0: rows: 2 of 4 values differ, worst at [1][0]: 3.0, expected 9.0"
        ])
    }
  }

  @Test func nothingToRunFails() throws {
    #expect(try run([:]).failures.count == 1)
    #expect(try run(["empty.json": #"{"cases": []}"#]).failures.contains { $0.contains("no case was run") })
    #expect(runner.run(folder: URL(filePath: "/does/not/exist")).failures.contains { $0.contains("cannot list") })
  }

  @Test func unreadableBooksFail() throws {
    for text in ["{", "[]", #"{"cases": {}}"#, #"{"cases": [], "skip": true}"#] {
      let report = try run(["bad.json": text])
      #expect(report.failures.contains { $0.contains("bad.json") }, "\(text)")
    }
  }
}
