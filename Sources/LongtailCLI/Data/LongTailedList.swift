import Longtail

/// The result of `data make-longtail`.
struct LongTailedList: Encodable {
  let file: String
  let profile: LongTailProfile.Shape
  let factor: Double
  let seed: UInt32
  let imageCount: Int
  let classNames: [String]
  let classCounts: [Int]

  init(
    file: String, profile: LongTailProfile.Shape, factor: Double, seed: UInt32, names: [String], _ counts: [Int]
  ) {
    self.file = file
    self.profile = profile
    self.factor = factor
    self.seed = seed
    imageCount = counts.reduce(0, +)
    classNames = names
    classCounts = counts
  }

  /// The counts of all classes, and a warning for those that keep nothing.
  var text: String {
    let rule = DataInspection.rule
    let groups = ShotGroup.allCases.map { group in
      "\(classCounts.filter { rule.group(trainingImages: $0) == group }.count) \(group.rawValue)"
    }
    var lines = [
      "\(Printable.text(file)): \(imageCount) images of \(classCounts.count) classes, "
        + "\(profile.rawValue) profile, factor \(RunQuery.decimal(factor, digits: factor == factor.rounded() ? 0 : 3)), "
        + "seed \(seed)",
      "counts: " + classCounts.map(String.init).joined(separator: " "),
      "classes: \(groups.joined(separator: ", ")) (\(rule))",
    ]
    let empty = classCounts.filter { $0 == 0 }.count
    if empty > 0 { lines.append("warning: \(empty) classes keep no image; choose a smaller factor") }
    return lines.joined(separator: "\n")
  }
}
