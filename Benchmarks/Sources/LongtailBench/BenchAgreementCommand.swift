import ArgumentParser
import BenchmarkSupport
import Longtail
import LongtailCLI

/// The `longtail-bench agreement` command.
struct BenchAgreementCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agreement",
    abstract: "Check that captured steps, concurrent runs, fused kernels, layouts and devices give the same numbers.",
    discussion: "Exits with 1 if one of them does not.")

  @OptionGroup var options: BenchOptions

  @Option(help: "The device: auto, cpu or cuda:0.")
  var device = "auto"

  func run() throws {
    try options.start()
    let device = try Device(named: device)
    let checks = try DeviceAgreement(device).checks { check in
      if !options.json { Console.output(Self.line(check)) }
    }
    if options.json {
      try options.show(AgreementReport(device: "\(device)", name: device.hardwareName, checks: checks))
    }
    if checks.contains(where: { !$0.passed }) { throw ExitCode(1) }
  }

  private static func line(_ check: DeviceAgreement.Check) -> String {
    let worst = check.worst.map { "\(Float($0)), at most \(Float(check.limit))" } ?? ""
    return "\(check.passed ? "agrees " : "DIFFERS") \(check.name): \(worst)\(check.note)"
  }
}

/// What `longtail-bench agreement` says.
struct AgreementReport: Encodable, CustomStringConvertible {
  let device: String
  let name: String?
  let checks: [DeviceAgreement.Check]
  var description: String { checks.map { "\($0.name): \($0.passed)" }.joined(separator: "\n") }
}
