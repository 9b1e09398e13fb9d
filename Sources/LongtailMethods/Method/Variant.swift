/// Another form of a method, with recipes of its own.
public struct Variant<Form: Method>: Sendable {
  /// The last part of recipe names, such as `four-experts`; empty for a form that is listed as a method.
  let name: String
  /// What it is, in a few words.
  let summary: String
  /// What to expect by benchmark, as in `MethodCard.results`.
  let results: [Benchmark: String]
  /// The card of a form that is listed as a method of its own.
  let card: MethodCard?
  /// Changes settings that are adapted to a benchmark already.
  let change: @Sendable (inout Form, Benchmark) -> Void

  /// A form that has recipes for the benchmarks on which methods are compared.
  ///
  /// - Parameters:
  ///   - name: the last part of recipe names.
  ///   - summary: what it is, in a few words.
  ///   - results: what to expect by benchmark.
  ///   - change: changes settings that are adapted to the benchmark already.
  public init(
    _ name: String, _ summary: String, expecting results: [Benchmark: String] = [:],
    changingFor change: @escaping @Sendable (inout Form, Benchmark) -> Void
  ) {
    (self.name, self.summary, self.results, self.change) = (name, summary, results, change)
    card = nil
  }

  /// A form that is the same for all benchmarks.
  public init(
    _ name: String, _ summary: String, expecting results: [Benchmark: String] = [:],
    change: @escaping @Sendable (inout Form) -> Void
  ) {
    self.init(name, summary, expecting: results, changingFor: { form, _ in change(&form) })
  }

  /// A form that is listed as a method of its own, with recipes for all benchmarks.
  public init(listedAs card: MethodCard, change: @escaping @Sendable (inout Form) -> Void) {
    (name, summary, results) = ("", card.summary, card.results)
    self.change = { form, _ in change(&form) }
    self.card = card
  }
}
