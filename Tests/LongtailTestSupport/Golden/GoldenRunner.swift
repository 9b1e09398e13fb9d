import Foundation

/// Runs every case of every golden book in a folder. Nothing is skipped: what no operation knows is a failure.
public struct GoldenRunner: Sendable {
  private let operations: [GoldenOperation]

  /// A runner that knows these operations.
  public init(_ operations: [GoldenOperation]) { self.operations = operations }

  /// Runs all books of a folder.
  public func run(folder: URL) -> GoldenReport {
    var report = GoldenReport()
    do {
      for file in try GoldenBook.files(in: folder) {
        report.bookCount += 1
        run(file, into: &report)
      }
    } catch {
      report.failures.append("cannot list \(folder.path): \(error)")
    }
    if report.caseCount == 0 { report.failures.append("no case was run from \(folder.path)") }
    if report.caseCount != report.countedCases {
      report.failures.append("\(report.caseCount) cases were run, the files hold \(report.countedCases)")
    }
    return report
  }

  private func run(_ file: URL, into report: inout GoldenReport) {
    report.countedCases += countCases(in: file)
    do {
      let book = try GoldenBook(contentsOf: file)
      for (position, value) in book.cases.enumerated() {
        let label = "\(book.name), case \(value.object?["name"]?.text ?? "number \(position)")"
        let failures = run(value, book: book.name, ranCase: &report.caseCount)
        report.failures += failures.map { "\(label): \($0)" }
      }
    } catch {
      report.failures.append("\(file.lastPathComponent) \(error)")
    }
  }

  /// Counts cases without the reader that runs them.
  private func countCases(in file: URL) -> Int {
    guard let data = try? Data(contentsOf: file), let json = try? JSONSerialization.jsonObject(with: data),
      let book = json as? [String: Any], let cases = book["cases"] as? [Any]
    else { return 0 }
    return cases.count
  }

  /// Runs one case and returns what is wrong with it.
  private func run(_ value: GoldenValue, book: String, ranCase: inout Int) -> [String] {
    let golden: GoldenCase
    let operation: GoldenOperation
    do {
      golden = try GoldenCase(value)
      operation = try find(golden.inputs, book: book)
    } catch {
      return ["\(error)"]
    }
    let inputs = GoldenInputs(golden.inputs)
    let nameFields = nameFields(of: operation, in: golden.inputs)
    nameFields.forEach(inputs.markRead)
    let unknown = operation.unknown(in: Set(golden.inputs.keys).subtracting(nameFields))
    guard unknown.isEmpty else { return ["the operation does not know the input field \(quoted(unknown))"] }
    if golden.isFloat64Only && operation.precision == .single {
      return ["the case needs float64, the operation computes in float32"]
    }
    ranCase += 1
    let outputs: [String: GoldenOutput]
    do {
      outputs = try operation.run(inputs)
    } catch {
      return judge(error, golden)
    }
    let unread = inputs.unread
    let overlooked = unread.isEmpty ? [] : ["the operation does not know the input field \(quoted(unread))"]
    if let message = golden.expectedError {
      return overlooked + ["must refuse (\(message)) but computed \(quoted(outputs.keys.sorted()))"]
    }
    return overlooked + compare(outputs, golden, operation)
  }

  private func judge(_ error: any Error, _ golden: GoldenCase) -> [String] {
    let message = "\(error)"
    if let input = error as? GoldenInputError, input.isUnknownInput { return [message] }
    guard golden.expectedError != nil else { return ["threw: \(message)"] }
    return message.isEmpty ? ["refuses without saying why"] : []
  }

  private func compare(
    _ outputs: [String: GoldenOutput], _ golden: GoldenCase, _ operation: GoldenOperation
  ) -> [String] {
    golden.expected.sorted { $0.key < $1.key }.compactMap { field, expected in
      guard let output = outputs[field] else { return "the expected field \"\(field)\" was not computed" }
      var tolerance = golden.tolerance
      if field.hasSuffix("_numeric"), let replaced = golden.gradientTolerance { tolerance = replaced }
      if operation.precision == .single { tolerance = max(tolerance, 2e-5) }
      let mismatch = GoldenComparison.mismatch(
        output, expected, tolerance: tolerance, isRelative: golden.isRelative, rule: operation.comparison)
      return mismatch.map { "\(field): \($0)" }
    }
  }

  /// The fields that name the operation and are therefore no inputs of it.
  private func nameFields(of operation: GoldenOperation, in inputs: [String: GoldenValue]) -> Set<String> {
    if inputs["op"] != nil { return ["op"] }
    return operation.name != nil && inputs["kind"]?.text == operation.name ? ["kind"] : []
  }

  /// Finds the operation of a case: by `op`, else by `kind`, else by its input fields, at last by the book.
  private func find(_ inputs: [String: GoldenValue], book: String) throws -> GoldenOperation {
    if let name = inputs["op"] {
      let named = operations.filter { $0.name != nil && $0.name == name.text }
      guard !named.isEmpty else { throw GoldenCaseError("has the unknown operation \(name.kind)") }
      return try choose(named, Set(inputs.keys).subtracting(["op"]), book)
    }
    let ofKind = operations.filter { $0.name != nil && $0.name == inputs["kind"]?.text }
    if !ofKind.isEmpty { return try choose(ofKind, Set(inputs.keys).subtracting(["kind"]), book) }
    let nameless = operations.filter { $0.name == nil }
    let fields = Set(inputs.keys)
    let accepting = nameless.filter { $0.accepts(fields) }
    if !accepting.isEmpty { return try choose(accepting, fields, book) }
    // A file called like a book, such as topk-2.json, is that book: then the field in question can be named.
    if let hinted = nameless.first(where: { book == $0.book || book.hasPrefix($0.book + "-") }),
      inputs["kind"] == nil || hinted.fields?.contains("kind") == true
    {
      return hinted
    }
    if let kind = inputs["kind"] { throw GoldenCaseError("has the unknown operation \(kind.kind)") }
    throw GoldenCaseError(
      "is of no known operation: no \"op\", and none has the input fields \(quoted(fields.sorted()))")
  }

  /// One of several operations: the one that accepts the fields, among several of these the one of the book.
  private func choose(_ candidates: [GoldenOperation], _ fields: Set<String>, _ book: String) throws -> GoldenOperation
  {
    if candidates.count == 1 { return candidates[0] }
    let accepting = candidates.filter { $0.accepts(fields) }
    if accepting.count == 1 { return accepting[0] }
    let ofBook = (accepting.isEmpty ? candidates : accepting).filter {
      book == $0.book || book.hasPrefix($0.book + "-")
    }
    if ofBook.count == 1 { return ofBook[0] }
    throw GoldenCaseError(
      "may be of \(candidates.count) operations of this name; its input fields are \(quoted(fields.sorted()))")
  }
}
