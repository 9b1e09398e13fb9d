import Serialization

/// The lines of an image list while it is read; errors name the file and the line.
struct ListLines {
  private let file: String
  private let classCount: Int?
  private var isLabelled: Bool?
  private var paths = PathTable()
  private var labels: [Int] = []
  /// Of a list without labels: the first line of each folder, for errors.
  private var firstLines: [Int] = []

  init(file: String, classCount: Int?) {
    self.file = file
    self.classCount = classCount
  }

  var count: Int { paths.count }

  /// The paths, without what only adding needs.
  var finishedPaths: PathTable {
    var paths = paths
    paths.finish()
    return paths
  }

  /// Adds a line that is not blank.
  mutating func append(_ line: UnsafeBufferPointer<UInt8>, _ number: Int) throws {
    let labelled = isLabelled ?? !ImageFileName.isImage(line)
    isLabelled = labelled
    if labelled { try appendLabelled(line, number) } else { try appendUnlabelled(line, number) }
  }

  private mutating func appendLabelled(_ line: UnsafeBufferPointer<UInt8>, _ number: Int) throws {
    guard let space = line.lastIndex(of: 0x20) else { throw problem(number, "no space between path and label") }
    let digits = UnsafeBufferPointer(rebasing: line[(space + 1)...])
    guard let label = ByteText.naturalNumber(digits) else {
      let text = String(decoding: digits.prefix(60), as: UTF8.self)
      throw problem(number, "label '\(text)' is not a whole number from 0 on")
    }
    guard digits.count == 1 || digits.first != UInt8(ascii: "0") else {
      let text = String(decoding: digits.prefix(60), as: UTF8.self)
      throw problem(
        number,
        "label '\(text)' has leading zeros and is no index; write the class into a table (path,label), where it is a name"
      )
    }
    guard label <= ImageList.largestLabel else {
      throw problem(number, "label \(label) is above \(ImageList.largestLabel)")
    }
    try appendPath(ByteText.trimmingEnd(UnsafeBufferPointer(rebasing: line[..<space])), number)
    if let classCount, label >= classCount {
      throw problem(number, "label \(label), but there are \(classCount) classes (0...\(classCount - 1))")
    }
    labels.append(label)
  }

  private mutating func appendUnlabelled(_ line: UnsafeBufferPointer<UInt8>, _ number: Int) throws {
    let text = { String(decoding: line.prefix(200), as: UTF8.self) }
    guard ImageFileName.isImage(line) else {
      throw problem(number, "'\(text())' does not end with an image suffix, but the first line has no label")
    }
    try appendPath(line, number)
    guard !paths.folders[paths.folderIndex(of: count - 1)].isEmpty else {
      throw problem(number, "'\(text())' has neither a label nor a folder that tells its class")
    }
    if firstLines.count < paths.folders.count { firstLines.append(number) }
  }

  private mutating func appendPath(_ path: UnsafeBufferPointer<UInt8>, _ number: Int) throws {
    guard let first = path.first else { throw problem(number, "no path before the label") }
    guard first != UInt8(ascii: "/") else {
      throw problem(number, "the path '\(String(decoding: path.prefix(200), as: UTF8.self))' starts with a slash")
    }
    try paths.append(path)
  }

  // MARK: Classes

  /// Class names, and the class of each line.
  func classes(stated: [String]?) throws -> (names: [String], labels: [Int]) {
    isLabelled == true ? (stated ?? namesByFolder(), labels) : try classesOfFolders(stated)
  }

  private func classesOfFolders(_ stated: [String]?) throws -> (names: [String], labels: [Int]) {
    let classes = paths.folders.map { String(PathTable.lastPart(of: $0)) }
    let names = stated ?? Set(classes).sorted(by: ClassOrder.precedes)
    let indices = try ClassOrder.indices(of: names, in: file)
    let labelOfFolder = try classes.enumerated().map { folder, name in
      guard let label = indices[name] else {
        throw problem(firstLines[folder], "'\(name)' is not among the classes")
      }
      return label
    }
    return (names, (0..<count).map { labelOfFolder[paths.folderIndex(of: $0)] })
  }

  /// The folders as names, if they tell the classes apart; else the labels.
  private func namesByFolder() -> [String] {
    let classCount = (labels.max() ?? -1) + 1
    let numbers = (0..<classCount).map(String.init)
    let parts = paths.folders.map(PathTable.lastPart)
    var folderOfClass = [Int](repeating: -1, count: classCount)
    for (index, label) in labels.enumerated() {
      let (folder, known) = (paths.folderIndex(of: index), folderOfClass[label])
      guard known != folder else { continue }
      guard !parts[folder].isEmpty, known < 0 || parts[known] == parts[folder] else { return numbers }
      folderOfClass[label] = folder
    }
    let used = folderOfClass.filter { $0 >= 0 }.map { parts[$0] }
    guard Set(used).count == used.count else { return numbers }
    return zip(folderOfClass, numbers).map { folder, number in folder < 0 ? number : String(parts[folder]) }
  }

  private func problem(_ line: Int, _ text: String) -> DataSourceError {
    .badLine(file: file, line: line, problem: text)
  }
}
