import Foundation
import ModelEvaluation
import RunRecords
import RunReports

/// A page with plausible numbers, made by formulas; nothing in it was measured.
enum SampleReport {
  static let names = [
    "circle", "square", "triangle", "star", "cross", "ring", "arrow", "heart", "moon", "gear", "spiral", "wave",
  ]

  static func page(classCount: Int = 12, title: String = "Sample report") throws -> ReportPage {
    let classes = (0..<classCount).map { index in
      let count = Int(500 * pow(0.01, Double(index) / Double(max(1, classCount - 1))))
      return ClassSection.Category(
        name: index < names.count && classCount <= 30 ? names[index] : "class \(index)", trainingCount: count,
        shotGroup: count > 100 ? "many" : count >= 20 ? "medium" : "few")
    }
    var generator = SeededGenerator(seed: 1)
    func accuracies(from first: Double, to last: Double) -> [Double?] {
      classes.indices.map { index in
        let fraction = Double(index) / Double(max(1, classCount - 1))
        return min(1, max(0, first + (last - first) * fraction + Double.random(in: -0.09...0.09, using: &generator)))
      }
    }
    let plain = accuracies(from: 0.93, to: 0.06)
    let balanced = accuracies(from: 0.86, to: 0.52)
    let page = ReportPage(
      title: title,
      subtitle:
        "Cross-entropy and Balanced Softmax on synthetic images, whose rarest class has a hundredth of the images of the most frequent.",
      facts: [
        ("classes", "\(classCount)"), ("imbalance factor", "100"), ("seeds", "0, 1, 2"), ("device", "cpu"),
        ("precision", "float32"),
      ],
      sections: [
        HeadlineSection([
          MethodResult(
            name: "Cross-entropy", note: "mean of 3 seeds, last epoch",
            values: [
              "accuracy": 0.512, "manyShotAccuracy": 0.871, "mediumShotAccuracy": 0.496, "fewShotAccuracy": 0.113,
              "balancedAccuracy": 0.512,
            ],
            standardDeviations: [
              "accuracy": 0.006, "manyShotAccuracy": 0.004, "mediumShotAccuracy": 0.011, "fewShotAccuracy": 0.014,
              "balancedAccuracy": 0.006,
            ]),
          MethodResult(
            name: "Balanced Softmax", note: "mean of 3 seeds, last epoch",
            values: [
              "accuracy": 0.684, "manyShotAccuracy": 0.829, "mediumShotAccuracy": 0.671, "fewShotAccuracy": 0.538,
              "balancedAccuracy": 0.684,
            ],
            standardDeviations: [
              "accuracy": 0.005, "manyShotAccuracy": 0.007, "mediumShotAccuracy": 0.009, "fewShotAccuracy": 0.017,
              "balancedAccuracy": 0.005,
            ]),
        ]),
        ClassSection(
          classes,
          series: [
            .init(name: "Cross-entropy", accuracies: plain), .init(name: "Balanced Softmax", accuracies: balanced),
          ]),
        CurveSection([
          curve("Cross-entropy", from: 2.1, accuracy: 0.51), curve("Balanced Softmax", from: 2.6, accuracy: 0.68),
        ]),
        ConfusionSection(
          classNames: classes.map(\.name),
          matrices: [
            .init(name: "Cross-entropy", confusion: try confusion(plain)),
            .init(name: "Balanced Softmax", confusion: try confusion(balanced)),
          ]),
        ImageSection(
          classes.prefix(4).enumerated().map { row, category in
            ImageSection.Row(
              name: category.name, note: "\(category.trainingCount) training images",
              images: (0..<8).map { column in
                ImageSection.Image(
                  png: image(row, column), caption: column == 5 ? "wave" : category.name,
                  verdict: column == 5 ? .wrong : .correct)
              })
          }, caption: "Test images with the prediction of Balanced Softmax; the frame shows whether it is correct."),
        TextSection(title: "Repeat it", caption: "The same numbers come from:", commands: ["longtail demo --out demo"]),
      ])
    return page
  }

  private static func curve(_ name: String, from loss: Double, accuracy: Double) -> CurveSection.Curve {
    var curve = CurveSection.Curve(name: name, loss: [], accuracy: [])
    for epoch in 1...40 {
      let time = Double(epoch - 1)
      let fallen: Double = 0.08 + loss * exp(-time / 9) + 0.05 * sin(time * time)
      let risen: Double = accuracy * (1 - exp(-(time + 2) / 8)) + 0.012 * sin(3 * time * time)
      curve.loss.append(.init(epoch: Double(epoch), value: fallen))
      curve.accuracy.append(.init(epoch: Double(epoch), value: risen))
    }
    return curve
  }

  /// Wrong predictions go to more frequent classes, the most frequent above all.
  private static func confusion(_ accuracies: [Double?]) throws -> ConfusionMatrix {
    let entries = accuracies.enumerated().flatMap { row, accuracy -> [ConfusionEntry] in
      let right = accuracies.count == 1 ? 100 : Int(100 * (accuracy ?? 0))
      var counts = [row: right]
      var rest = 100 - right
      var column = 0
      while rest > 0 {
        if column % accuracies.count != row {
          let part = min(rest, max(1, rest * 2 / 5))
          counts[column % accuracies.count, default: 0] += part
          rest -= part
        }
        column += row % 3 + 1
      }
      return counts.filter { $0.value > 0 }.map { ConfusionEntry(truth: row, predicted: $0.key, count: $0.value) }
    }
    return try ConfusionMatrix(classCount: accuracies.count, entries: entries)
  }

  /// A PNG of 16 by 16 pixels: a soft disc in a colour of its own.
  private static func image(_ row: Int, _ column: Int) -> [UInt8] {
    var rows: [UInt8] = []
    for y in 0..<16 {
      rows.append(0)  // no filter
      for x in 0..<16 {
        let distance = hypot(Double(x) - 5 - Double(column % 4) * 2, Double(y) - 8)
        let light = max(0, 1 - distance / 7)
        rows += [60 + row * 45, 90 + column * 15, 190 - row * 30].map { UInt8(min(255, 40 + Double($0) * light)) }
      }
    }
    return PNG.encode(width: 16, height: 16, rows: rows)
  }
}

/// The smallest PNG writer: RGB, uncompressed.
private enum PNG {
  static func encode(width: Int, height: Int, rows: [UInt8]) -> [UInt8] {
    let header = bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, 2, 0, 0, 0]
    let length = UInt16(rows.count)
    var data: [UInt8] = [0x78, 0x01, 1]
    data += [UInt8(length & 255), UInt8(length >> 8), UInt8(~length & 255), UInt8(~length >> 8)]
    data += rows + bigEndian(adler(rows))
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header) + chunk("IDAT", data)
      + chunk("IEND", [])
  }

  private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + data
    return bigEndian(UInt32(data.count)) + body + bigEndian(checksum(body))
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
  }

  private static func adler(_ bytes: [UInt8]) -> UInt32 {
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in bytes { (a, b) = ((a + UInt32(byte)) % 65521, (b + (a + UInt32(byte)) % 65521) % 65521) }
    return b << 16 | a
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var checksum = UInt32.max
    for byte in bytes {
      checksum ^= UInt32(byte)
      for _ in 0..<8 { checksum = checksum & 1 == 1 ? checksum >> 1 ^ 0xEDB8_8320 : checksum >> 1 }
    }
    return ~checksum
  }
}

/// A small repeatable generator (splitmix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
