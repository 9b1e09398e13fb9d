import Foundation
import Longtail
import Serialization

/// An earlier report of the same benchmark, and how much faster it is now.
struct StepBaseline: Encodable, CustomStringConvertible {
  /// The report's images per second.
  let imagesPerSecond: Double
  /// How many times as many it is now.
  let ratio: Double

  /// Reads a report that `--json` has printed.
  init(_ path: String, now rate: Double) throws {
    struct Report: Decodable { let imagesPerSecond: Double }
    let report = try JSONFile.read(Report.self, from: path)
    imagesPerSecond = report.imagesPerSecond
    ratio = rate / report.imagesPerSecond
  }

  var description: String {
    "\(ratio.text(3)) times the \(imagesPerSecond.text(1)) images/s of the baseline"
  }
}
