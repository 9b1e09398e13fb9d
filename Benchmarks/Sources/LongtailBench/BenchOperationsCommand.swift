import ArgumentParser
import Longtail
import Serialization

/// The `longtail-bench operations` command.
struct BenchOperationsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operations",
    abstract: "Nanoseconds per tensor operation on tensors so small that only the call counts.")

  @OptionGroup var options: BenchOptions

  @Option(help: "Calls in a round; a convolution is called a tenth as often.")
  var calls = 200_000

  @Option(help: "Rounds; the best one counts.")
  var rounds = 5

  func validate() throws {
    guard calls >= 10 else { throw ValidationError("--calls is \(calls), but must be at least 10") }
    guard rounds >= 1 else { throw ValidationError("--rounds is \(rounds), but must be at least 1") }
  }

  func run() throws {
    try options.start()
    let (first, second) = (try Tensor([Float(1)]), try Tensor([Float(2)]))
    let tracked = try Tensor([Float(1)]).requiringGradient()
    let image = try Tensor.ones([1, 1, 4, 4])
    let kernel = try Tensor.ones([1, 1, 3, 3])
    var report = OperationsReport(threads: Engine.threadCount, rounds: rounds, nanoseconds: [])
    func add(_ name: String, _ calls: Int, _ operation: () throws -> Void) throws {
      report.nanoseconds.append(.init(operation: name, value: try best(calls, operation)))
    }
    try add("add", calls) { _ = try first + second }
    try add("add with gradient", calls) { _ = try tracked + second }
    try add("multiply", calls) { _ = try first * second }
    try add("convolution", calls / 10) { _ = try image.convolved(with: kernel) }
    try options.show(report)
  }

  /// Nanoseconds per call in the best round.
  private func best(_ calls: Int, _ operation: () throws -> Void) throws -> Double {
    for _ in 0..<calls / 10 { try operation() }
    let times = try (0..<rounds).map { _ in
      try measured { for _ in 0..<calls { try operation() } }
    }
    return (times.min()?.nanoseconds ?? 0) / Double(calls)
  }
}

/// What `longtail-bench operations` says.
struct OperationsReport: Encodable, CustomStringConvertible {
  /// An operation and the time of one call.
  struct Entry: Encodable {
    let operation: String
    let value: Double
  }

  let threads: Int
  let rounds: Int
  var nanoseconds: [Entry]

  var description: String {
    var table = TextTable([.init("operation"), .init("ns per call", .right)])
    for entry in nanoseconds { table.append([entry.operation, entry.value.text(0)]) }
    return table.plainText
  }
}
