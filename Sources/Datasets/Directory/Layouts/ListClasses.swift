/// Checks that lists number their classes alike, where the folders of their images show the classes.
enum ListClasses {
  /// - Throws: `DataSourceError.differingClass`.
  static func check(_ list: ImageList, against training: ImageList, isStated: Bool) throws {
    guard !isStated else { return }
    let own = try ImageList(file: list.file, root: list.root).classNames
    let isNumbered = { (names: [String]) in names.allSatisfy { Int($0) != nil } }
    guard !isNumbered(own), !isNumbered(training.classNames) else { return }
    let used = list.classCounts
    let trained = training.classCounts
    for label in own.indices where used[label] > 0 && trained[label] > 0 {
      guard own[label] == training.classNames[label] else {
        throw DataSourceError.differingClass(
          file: list.file, label: label, name: own[label], trainingName: training.classNames[label])
      }
    }
  }
}
