import Longtail

extension ClassHistogram {
  /// The classes of a data set by training images.
  init(_ summary: DataSummary, showsAll: Bool) {
    let columns = [
      "train", summary.validationCount.map { _ in "validation" }, summary.testCount.map { _ in "test" },
    ].compactMap(\.self)
    let entries = summary.classes.map { row in
      Entry(
        name: row.name + (row.title.map { " (\($0))" } ?? ""),
        counts: [row.trainingCount] + [row.validationCount, row.testCount].compactMap(\.self),
        group: DataInspection.group(of: row))
    }
    self.init(entries, columns: columns, showsAll: showsAll)
  }

  /// The classes of a detection set by instances.
  init(_ summary: DetectionSummary, showsAll: Bool) {
    let entries = summary.classes.map { row in
      Entry(name: row.name, counts: [row.instanceCount, row.imageCount], group: DetectionInspection.group(of: row))
    }
    self.init(entries, columns: ["instances", "images"], showsAll: showsAll)
  }
}
