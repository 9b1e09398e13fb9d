/// The inputs of a golden case. Every read is noted, so that a field which an operation overlooks is found.
public final class GoldenInputs {
  private let fields: [String: GoldenValue]
  private let path: String
  private var read: Set<String> = []
  private var children: [GoldenInputs] = []

  /// Inputs by field name.
  ///
  /// - Parameter path: where the fields stand, such as `epochs[2].`; empty for the case itself.
  public init(_ fields: [String: GoldenValue], path: String = "") {
    (self.fields, self.path) = (fields, path)
  }

  /// Whether the case has a field. Asking is not reading.
  public func has(_ field: String) -> Bool { fields[field] != nil }

  /// The fields that were not read, those of nested objects included, with their paths.
  var unread: [String] {
    fields.keys.filter { !read.contains($0) }.map { path + $0 }.sorted() + children.flatMap(\.unread)
  }

  /// Notes a field as read without using it.
  func markRead(_ field: String) { read.insert(field) }

  /// The value of a field as it stands in the file.
  public func value(_ field: String) throws -> GoldenValue {
    guard let value = fields[field] else { throw GoldenInputError.missing(path + field) }
    read.insert(field)
    return value
  }

  /// The value of a field, `nil` when it is absent or null.
  public func optional(_ field: String) throws -> GoldenValue? {
    guard has(field) else { return nil }
    let value = try value(field)
    return value == .null ? nil : value
  }

  /// A number.
  public func number(_ field: String) throws -> Double {
    try convert(field, "a number", \.number)
  }

  /// A number, `nil` when it is absent or null.
  public func optionalNumber(_ field: String) throws -> Double? {
    try optional(field) == nil ? nil : number(field)
  }

  /// An integer.
  public func integer(_ field: String) throws -> Int {
    try convert(field, "an integer", \.integer)
  }

  /// True or false.
  public func flag(_ field: String) throws -> Bool {
    try convert(field, "true or false", \.flag)
  }

  /// A text.
  public func text(_ field: String) throws -> String {
    try convert(field, "a text", \.text)
  }

  /// A text that stands for one of several choices.
  public func choice<Choice>(_ field: String, _ choices: [String: Choice]) throws -> Choice {
    let word = try text(field)
    guard let choice = choices[word] else { throw GoldenInputError.word(path + field, word) }
    return choice
  }

  /// A list of numbers.
  public func numbers(_ field: String) throws -> [Double] {
    try convert(field, "a list of numbers") { $0.all(\.number) }
  }

  /// A list of numbers, `nil` when it is absent or null.
  public func optionalNumbers(_ field: String) throws -> [Double]? {
    try optional(field) == nil ? nil : numbers(field)
  }

  /// A list of integers.
  public func integers(_ field: String) throws -> [Int] {
    try convert(field, "a list of integers") { $0.all(\.integer) }
  }

  /// A list of numbers or of lists of equal length.
  public func matrix(_ field: String) throws -> GoldenMatrix {
    let rows = try convert(field, "a list of lists of numbers") { $0.all { $0.all(\.number) } }
    let columns = rows.first?.count ?? 0
    guard rows.allSatisfy({ $0.count == columns }) else { throw GoldenInputError.ragged(path + field) }
    return GoldenMatrix(rows: rows.count, columns: columns, values: rows.flatMap(\.self))
  }

  /// A list of matrices, such as one a teacher.
  public func matrices(_ field: String) throws -> [GoldenMatrix] {
    let lists = try convert(field, "a list of matrices", \.list)
    let inner = GoldenInputs(
      Dictionary(uniqueKeysWithValues: lists.enumerated().map { ("\($0.offset)", $0.element) }),
      path: "\(path)\(field).")
    return try lists.indices.map { try inner.matrix("\($0)") }
  }

  /// A list of objects, whose fields are tracked like those of the case.
  public func objects(_ field: String) throws -> [GoldenInputs] {
    let objects = try convert(field, "a list of objects") { $0.all(\.object) }
    let inputs = objects.enumerated().map { GoldenInputs($0.element, path: "\(path)\(field)[\($0.offset)].") }
    children += inputs
    return inputs
  }

  private func convert<Result>(
    _ field: String, _ expected: String, _ read: (GoldenValue) -> Result?
  ) throws -> Result {
    let value = try value(field)
    guard let result = read(value) else {
      throw GoldenInputError.type(path + field, expected: expected, got: value.kind)
    }
    return result
  }
}

extension GoldenValue {
  /// The elements of a list, all converted; `nil` when this is no list or one element cannot be converted.
  fileprivate func all<Element>(_ convert: (GoldenValue) -> Element?) -> [Element]? {
    guard let list else { return nil }
    let elements = list.compactMap(convert)
    return elements.count == list.count ? elements : nil
  }
}
