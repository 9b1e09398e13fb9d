import BenchmarkSupport
import Testing
import Torch

@Suite struct DeviceAgreementTests {
  /// All ways of this machine's best device agree.
  @Test func allWaysAgree() throws {
    let checks = try DeviceAgreement(.bestAvailable).checks()
    #expect(checks.count >= 9)
    for check in checks { #expect(check.passed, "\(check)") }
  }
}
