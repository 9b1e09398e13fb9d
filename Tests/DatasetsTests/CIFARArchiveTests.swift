import Datasets
import Foundation
import LongtailTestSupport
import Testing

@Suite struct CIFARArchiveTests {
  private static let planeBytes = 1024

  /// A record whose red, green and blue planes count up from different starts.
  private func record(labels: [UInt8], start: Int) -> [UInt8] {
    labels
      + (0..<3).flatMap { plane in (0..<Self.planeBytes).map { UInt8(truncatingIfNeeded: $0 + start + 50 * plane) } }
  }

  private func hundred(_ folder: TemporaryFolder, train: [[UInt8]], test: [[UInt8]], at place: String = "") throws {
    try folder.write(train.flatMap(\.self), to: place + "train.bin")
    try folder.write(test.flatMap(\.self), to: place + "test.bin")
    try folder.write((0..<100).map { "class \($0)\n" }.joined(), to: place + "fine_label_names.txt")
  }

  @Test(arguments: ["", "cifar-100-binary/"])
  func readsCIFAR100(place: String) throws {
    let folder = try TemporaryFolder()
    let train = [record(labels: [19, 99], start: 0), record(labels: [0, 3], start: 9)]
    try hundred(folder, train: train, test: [record(labels: [1, 0], start: 4)], at: place)
    let archive = try CIFARArchive(contentsOf: folder.path, countCheck: .none)
    #expect(archive.variant == .cifar100)
    #expect(archive.training.labels == [99, 3])
    #expect(archive.test.labels == [0])
    #expect(archive.training.classNames[99] == "class 99")
    #expect(archive.training.name(at: 1) == "train.bin record 1")
    for (index, start) in [0, 9].enumerated() {
      let image = try archive.training.image(at: index)
      for position in [0, 1, 31, 32, 500, 1023] {
        let color = image[position % 32, position / 32]
        let expected = (0..<3).map { UInt8(truncatingIfNeeded: position + start + 50 * $0) }
        #expect([color.red, color.green, color.blue] == expected)
      }
    }
  }

  @Test func readsCIFAR10() throws {
    let folder = try TemporaryFolder()
    for batch in 1...5 {
      let records = (0..<batch).map { record(labels: [UInt8(batch)], start: $0) }
      try folder.write(records.flatMap(\.self), to: "cifar-10-batches-bin/data_batch_\(batch).bin")
    }
    try folder.write(record(labels: [9], start: 1), to: "cifar-10-batches-bin/test_batch.bin")
    let names = "airplane automobile bird cat deer dog frog horse ship truck".split(separator: " ")
    try folder.write(names.joined(separator: "\n") + "\n\n", to: "cifar-10-batches-bin/batches.meta.txt")
    let archive = try CIFARArchive(contentsOf: folder.path, countCheck: .none)
    #expect(archive.training.labels == [1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5])
    #expect(archive.test.labels == [9])
    #expect(archive.training.name(at: 4) == "data_batch_3.bin record 1")
    #expect(archive.training.classNames == names.map(String.init))
  }

  @Test func truncatedFileIsNamed() throws {
    let folder = try TemporaryFolder()
    let train = [record(labels: [0, 1], start: 0), record(labels: [0, 2], start: 0)]
    try hundred(folder, train: train, test: [record(labels: [0, 1], start: 0)])
    try folder.write(Array(train.flatMap(\.self).dropLast(74)), to: "train.bin")
    let error = #expect(throws: DataSourceError.self) { try CIFARArchive(contentsOf: folder.path, countCheck: .none) }
    let file = folder.path + "/train.bin"
    #expect(error == .brokenRecords(file: file, bytes: 6074, recordBytes: 3074))
    #expect(error?.description.contains("1 records and 3000 bytes") == true)
  }

  @Test(
    arguments: [([20, 5], "coarse label", 20, 20), ([3, 100], "fine label", 100, 100)] as [([UInt8], String, Int, Int)])
  func labelOutOfRange(labels: [UInt8], kind: String, label: Int, classCount: Int) throws {
    let folder = try TemporaryFolder()
    let train = [record(labels: [0, 1], start: 0), record(labels: labels, start: 0)]
    try hundred(folder, train: train, test: [record(labels: [0, 1], start: 0)])
    #expect(
      throws: DataSourceError.labelByteOutOfRange(
        file: folder.path + "/train.bin", record: 1, kind: kind, label: label, classCount: classCount)
    ) { try CIFARArchive(contentsOf: folder.path, countCheck: .none) }
  }

  @Test func countsAreCheckedUnlessRelaxed() throws {
    let folder = try TemporaryFolder()
    try hundred(folder, train: [record(labels: [0, 0], start: 0)], test: [record(labels: [0, 0], start: 0)])
    #expect(
      throws: DataSourceError.unexpectedClassCount(
        split: folder.path + ", training set", className: "class 0", expected: 500, actual: 1)
    ) { try CIFARArchive(contentsOf: folder.path) }
  }

  @Test func missingFilesAreListed() throws {
    let folder = try TemporaryFolder()
    try folder.write(record(labels: [0, 0], start: 0), to: "train.bin")
    #expect(
      throws: DataSourceError.incompleteArchive(folder: folder.path, missing: ["test.bin", "fine_label_names.txt"])
    ) { try CIFARArchive(contentsOf: folder.path) }
  }

  @Test func wrongNumberOfNames() throws {
    let folder = try TemporaryFolder()
    try hundred(folder, train: [record(labels: [0, 0], start: 0)], test: [record(labels: [0, 0], start: 0)])
    try folder.write("one\ntwo\n", to: "fine_label_names.txt")
    #expect(
      throws: DataSourceError.unexpectedNameCount(file: folder.path + "/fine_label_names.txt", expected: 100, actual: 2)
    ) { try CIFARArchive(contentsOf: folder.path) }
  }

  @Test func bothSetsAtOnceAreAmbiguous() throws {
    let folder = try TemporaryFolder()
    for variant in CIFARVariant.allCases { try folder.makeFolder(variant.folderName) }
    #expect(throws: DataSourceError.self) { try CIFARArchive(contentsOf: folder.path) }
  }

  /// The published set, where it is at hand.
  @Test(.enabled(if: RealData.has("cifar-100-binary")))
  func realCIFAR100() throws {
    let archive = try CIFARArchive(contentsOf: RealData.path("cifar-100-binary"))
    #expect(archive.training.count == 50_000)
    #expect(archive.test.count == 10_000)
    #expect(archive.training.classCounts == [Int](repeating: 500, count: 100))
    #expect(archive.training.classNames.first == "apple")
    #expect(archive.training.classNames.last == "worm")
  }
}
