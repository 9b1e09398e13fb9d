import Datasets
import Foundation
import LongtailTestSupport
import Testing

@Suite struct DataDirectoryTests {
  @Test func trainAndTestFolders() throws {
    let folder = try TemporaryFolder()
    for (split, count) in [("train", 3), ("val", 2), ("test", 1)] {
      for name in ["cat", "dog"] {
        for i in 0..<count { try folder.writeImage("\(split)/\(name)/\(i).png") }
      }
    }
    let data = try DataDirectory.open(folder.path)
    #expect(data.kind == .splitFolders)
    #expect(data.classNames == ["cat", "dog"])
    #expect(data.splits.map(\.name) == ["train", "validation", "test"])
    #expect(data.splits.map(\.images.count) == [6, 4, 2])
  }

  /// A class of the test set gets the index it has in the training set, not its own rank.
  @Test func evaluationClassesAreMatchedByName() throws {
    let folder = try TemporaryFolder()
    for name in ["ant", "bee", "cow"] { try folder.writeImage("train/\(name)/1.png") }
    try folder.writeImage("test/cow/1.png")
    try folder.writeImage("test/ant/1.png")
    #expect(throws: DataSourceError.missingClass(name: "bee", role: folder.path + ", test set")) {
      try DataDirectory.open(folder.path)
    }
    let relaxed = try DataDirectory.open(folder.path, options: .init(allowsMissingEvaluationClasses: true))
    #expect(relaxed.test?.labels == [0, 2])
    #expect(relaxed.test?.classNames == ["ant", "bee", "cow"])
    try folder.writeImage("test/beee/1.png")
    let error = #expect(throws: DataSourceError.self) { try DataDirectory.open(folder.path) }
    #expect(error == .unknownClass(name: "beee", role: folder.path + ", test set", nearest: "bee"))
    #expect(error?.description.contains("did you mean 'bee'?") == true)
  }

  @Test func listsBesideTheirImages() throws {
    let folder = try TemporaryFolder()
    for name in ["ant", "bee"] {
      for i in 0..<3 { try folder.writeImage("images/\(name)/\(i).png", tone: i) }
    }
    try folder.write("ant/0.png 0\nant/1.png 0\nbee/0.png 1\n", to: "train.txt")
    try folder.write("bee/2.png 1\nant/2.png 0\n", to: "test.txt")
    let data = try DataDirectory.open(folder.path)
    #expect(data.kind == .imageLists)
    #expect(data.classNames == ["ant", "bee"])
    #expect(data.test?.labels == [1, 0])
    #expect(try data.training.image(at: 2).width == 6)
    #expect(data.validation == nil)

    try folder.write("bee/2.png 0\n", to: "test.txt")
    let error = #expect(throws: DataSourceError.self) { try DataDirectory.open(folder.path) }
    #expect(
      error == .differingClass(file: folder.path + "/test.txt", label: 0, name: "bee", trainingName: "ant"))
    try folder.write("bee/2.png 2\n", to: "test.txt")
    #expect(throws: DataSourceError.self) { try DataDirectory.open(folder.path) }
    try folder.write("ant/9.png 0\nbee/9.png 1\n", to: "train.txt")
    let lost = #expect(throws: DataSourceError.self) { try DataDirectory.open(folder.path) }
    #expect(lost?.description.contains("'ant/9.png' is in none of") == true)
  }

  @Test func listsWithAPrefixAndNames() throws {
    let folder = try TemporaryFolder()
    for i in 0..<4 { try folder.writeImage("\(i).png", tone: i) }
    try folder.write("0.png 0\n1.png 1\n", to: "Bugs_LT_train.txt")
    try folder.write("2.png 1\n", to: "Bugs_LT_val.txt")
    try folder.write("ant\nbee\n", to: "classes.txt")
    let data = try DataDirectory.open(folder.path)
    #expect(data.classNames == ["ant", "bee"])
    #expect(data.evaluation?.labels == [1])
  }

  private func flatFolder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (name, count) in [("a", 20), ("b", 3), ("c", 2), ("d", 1)] {
      for i in 0..<count { try folder.writeImage("\(name)/\(i).png", tone: i) }
    }
    return folder
  }

  @Test func holdOutIsStratified() throws {
    let folder = try flatFolder()
    let data = try DataDirectory.open(folder.path)
    #expect(data.kind == .classFolders)
    #expect(data.test == nil)
    let split = try data.holdingOut(fraction: 0.2, seed: 1)
    let (training, test) = (split.training, try #require(split.test))
    #expect(test.classCounts == [4, 1, 1, 0])
    #expect(training.classCounts == [16, 2, 1, 1])
    let names = { (source: any ImageSource) in Set((0..<source.count).map(source.name)) }
    #expect(names(training).isDisjoint(with: names(test)))
    #expect(names(training).union(names(test)) == names(data.training))
    #expect(names(try #require(data.holdingOut(fraction: 0.2, seed: 1).test)) == names(test))
    #expect(names(try #require(data.holdingOut(fraction: 0.2, seed: 2).test)) != names(test))
    for fraction in [0, 1, -0.5, .nan] {
      #expect(throws: DataSourceError.self) { try data.holdingOut(fraction: fraction, seed: 0) }
    }
  }

  /// Another image moves at most itself and one other image of its class.
  @Test func holdOutIsStableUnderGrowth() throws {
    let folder = try flatFolder()
    func heldOut() throws -> Set<String> {
      let test = try #require(DataDirectory.open(folder.path).holdingOut(fraction: 0.2, seed: 5).test)
      return Set((0..<test.count).map(test.name))
    }
    let before = try heldOut()
    try folder.writeImage("a/extra.png")
    #expect(before.symmetricDifference(try heldOut()).count <= 2)
  }

  @Test func classCalledTrain() throws {
    let folder = try TemporaryFolder()
    for name in ["bus", "train"] { try folder.writeImage("\(name)/1.png") }
    let data = try DataDirectory.open(folder.path)
    #expect(data.kind == .classFolders)
    #expect(data.classNames == ["bus", "train"])
  }

  @Test func clearErrors() throws {
    #expect(throws: DataSourceError.missing(path: "/nowhere")) { try DataDirectory.open("/nowhere") }
    let folder = try TemporaryFolder()
    let nothing = #expect(throws: DataSourceError.self) { try DataDirectory.open(folder.path) }
    #expect(nothing?.description.contains("known layouts are") == true)
    try folder.writeImage("1.png")
    #expect(throws: DataSourceError.unknownLayout(path: folder.path, found: "1 images, but no class folders")) {
      try DataDirectory.open(folder.path)
    }
    #expect(throws: DataSourceError.notAFolder(path: folder.path + "/1.png")) {
      try DataDirectory.open(folder.path + "/1.png")
    }
    try folder.writeImage("only/1.png")
    #expect(throws: DataSourceError.tooFewClasses(path: folder.path, names: ["only"])) {
      try DataDirectory.open(folder.path)
    }
    try folder.makeFolder("empty")
    try folder.writeImage("second/1.png")
    let empty = #expect(throws: DataSourceError.emptyClasses(path: folder.path, names: ["empty"])) {
      try DataDirectory.open(folder.path)
    }
    #expect(empty?.description.contains("class without training images: 'empty'") == true)
    let allowed = try DataDirectory.open(folder.path, options: .init(allowsEmptyClasses: true))
    #expect(allowed.training.emptyClasses == [0])
  }

  @Test func trainingListSelects() throws {
    let folder = try flatFolder()
    try folder.write("0\n20\n22\n23\n25\n", to: "../\(URL(fileURLWithPath: folder.path).lastPathComponent)/few.txt")
    let options = DataDirectoryOptions(trainingList: folder.path + "/few.txt")
    #expect(try DataDirectory.open(folder.path, options: options).training.classCounts == [1, 2, 1, 1])
    try folder.write("d/0.png 3\na/1.png 0\nb/0.png 1\nc/0.png 2\n", to: "few.txt")
    let selected = try DataDirectory.open(folder.path, options: options).training
    #expect((0..<4).map(selected.name) == ["d/0.png", "a/1.png", "b/0.png", "c/0.png"])
    for (text, line) in [("a/1.png 1\n", 1), ("a/1.png 0\na/99.png 0\n", 2), ("x\n", 1)] {
      try folder.write(text, to: "few.txt")
      let error = #expect(throws: DataSourceError.self) { try DataDirectory.open(folder.path, options: options) }
      #expect(error?.description.contains("few.txt:\(line): ") == true)
    }
    try folder.write("0\n26\n", to: "few.txt")
    #expect(throws: DataSourceError.indexOutOfRange(index: 26, position: 1, count: 26)) {
      try DataDirectory.open(folder.path, options: options)
    }
  }

  @Test(.enabled(if: RealData.has("caltech101")))
  func realCaltech101() throws {
    let data = try DataDirectory.open(RealData.path("caltech101"))
    #expect(data.kind == .imageLists)
    #expect(data.training.count == 5784)
    #expect(data.test?.count == 2893)
    #expect(data.classNames.count == 101)
    #expect(data.training.emptyClasses.isEmpty)
    #expect(try data.training.image(at: 0).shorterEdge > 50)
  }

  @Test(.enabled(if: RealData.has("cifar-100-binary")))
  func realCIFAR100ThinnedByAList() throws {
    let list = RealData.path("cifar-100-binary/train_if100_seed0.txt")
    let data = try DataDirectory.open(RealData.path("cifar-100-binary"), options: .init(trainingList: list))
    #expect(data.kind == .cifar100)
    #expect(data.training.count == 10_847)
    #expect(data.training.classCounts.first == 500)
    #expect(data.training.classCounts.last == 5)
    #expect(data.test?.count == 10_000)
  }
}
