import Datasets
import Foundation
import LongtailTestSupport
import Testing

/// Every option with data of every layout: used, or refused by name.
@Suite struct DataOptionTests {
  /// A folder of each layout.
  private func folder(_ format: DataFormat, split: Bool = true) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (label, name) in ["a", "b"].enumerated() {
      for index in 0..<2 {
        let prefix = format == .folders ? (split ? (index == 0 ? "train/" : "test/") : "") : "images/"
        try folder.writeImage("\(prefix)\(name)/\(index).png", tone: 2 * label + index)
      }
    }
    switch format {
    case .lists: try folder.write("a/0.png 0\nb/0.png 1\n", to: "train.txt")
    case .csv:
      try folder.write(
        "path,label,split\na/0.png,a,train\nb/0.png,b,train\na/1.png,a,test\nb/1.png,b,test\n", to: "train.csv")
    case .iNaturalist:
      try folder.write(
        """
        {"images": [{"id": 0, "file_name": "a/0.png"}, {"id": 1, "file_name": "b/0.png"}],
         "annotations": [{"id": 0, "image_id": 0, "category_id": 0}, {"id": 1, "image_id": 1, "category_id": 1}],
         "categories": [{"id": 0, "name": "a"}, {"id": 1, "name": "b"}]}
        """, to: "train.json")
    case .coco: try folder.write(SmallSets.coco, to: "instances.json")
    case .birds: try folder.writeBirds()
    case .shards:
      var tar = TarWriter()
      for (index, name) in ["a", "b"].enumerated() {
        tar.add("\(index).png", [1])
        tar.add("\(index).cls", name)
      }
      tar.finish()
      try FileManager.default.removeItem(atPath: folder.path + "/images")
      try folder.write(tar.bytes, to: "train-0.tar")
    case .folders: break
    case .cifar:
      for file in ["train.bin", "test.bin"] { try folder.write([UInt8](), to: "cifar-100-binary/" + file) }
      try folder.write((0..<100).map { "c\($0)\n" }.joined(), to: "cifar-100-binary/fine_label_names.txt")
    }
    return folder
  }

  private func options(with option: DataOption, in folder: TemporaryFolder) throws -> DataDirectoryOptions {
    var options = DataDirectoryOptions()
    switch option {
    case .format: options.reading.format = .folders
    case .imageRoot: options.reading.imageRoot = folder.path + "/images"
    case .imageSuffix: options.reading.imageSuffix = "png"
    case .pathColumn: options.reading.columns.path = "path"
    case .labelColumn: options.reading.columns.label = "label"
    case .splitColumn: options.reading.columns.split = "split"
    case .testSplit: options.reading.columns.testValues = ["test"]
    case .validationSplit: options.reading.columns.validationValues = ["test"]
    case .classNames:
      try folder.write("a\nb\n", to: "names.list")
      options.classNamesFile = folder.path + "/names.list"
    case .relaxedCounts: options.countCheck = .none
    case .trainingList:
      try folder.write("0\n1\n", to: "some.list")
      options.trainingList = folder.path + "/some.list"
    }
    return options
  }

  @Test(arguments: DataFormat.allCases, DataOption.allCases)
  func isUsedOrRefused(format: DataFormat, option: DataOption) throws {
    for split in format == .folders ? [true, false] : [true] {
      let folder = try folder(format, split: split)
      var options = try options(with: option, in: folder)
      if option == .format { options.reading.format = format }
      let plain = try DataLayout.find(folder.path, options: .init())
      guard plain.layout.usedOptions.contains(option) else {
        let error = #expect(throws: DataSourceError.self) { try DataLayout.find(folder.path, options: options) }
        #expect(error == .unusedOption(option: option, path: folder.path, layout: plain.layout.title))
        #expect(error?.description.hasPrefix("\(option.rawValue) is for ") == true)
        continue
      }
      #expect(try DataLayout.find(folder.path, options: options).layout == plain.layout)
    }
  }

  /// What is used changes what is read, or would fail if it did not fit.
  @Test func optionsHaveAnEffect() throws {
    let table = try folder(.csv)
    func open(_ change: (inout DataDirectoryOptions) -> Void) throws -> DataDirectory {
      var options = DataDirectoryOptions()
      change(&options)
      return try DataDirectory.open(table.path, options: options)
    }
    #expect(try open { $0.reading.columns.split = "none" }.training.count == 4)
    #expect(try open { $0.reading.columns.testValues = ["train"] }.test?.count == 2)
    for wrong in [
      { $0.columns.path = "x" }, { $0.columns.label = "x" }, { $0.columns.split = "x" }, { $0.imageRoot = "/nowhere" },
    ]
      as [(inout DataReading) -> Void]
    {
      #expect(throws: DataSourceError.self) { try open { wrong(&$0.reading) } }
    }
  }

  @Test func syntheticImagesTakeAListOnly() throws {
    let folder = try TemporaryFolder()
    for option in DataOption.allCases {
      let options = try options(with: option, in: folder)
      guard option != .trainingList else {
        #expect(try DataDirectory.synthetic(options: options).training.count == 2)
        continue
      }
      let error = #expect(throws: DataSourceError.self) { try DataDirectory.synthetic(options: options) }
      #expect(error == .unusedOption(option: option, path: "synthetic", layout: "synthetic images"))
    }
  }

  @Test(arguments: [DataFormat.folders, .cifar, .birds])
  func formatsOfFoldersAreNotForFiles(format: DataFormat) throws {
    let folder = try folder(.csv)
    let error = #expect(throws: DataSourceError.self) {
      try DataDirectory.open(folder.path + "/train.csv", options: .init(reading: .init(format: format)))
    }
    #expect(error?.description.contains("is a file") == true)
  }

  @Test func aTestSetIsNotHeldOutTwice() throws {
    for format in [DataFormat.csv, .folders] {
      let folder = try folder(format)
      let data = try DataDirectory.open(folder.path)
      let error = #expect(throws: DataSourceError.self) { try data.holdingOut(fraction: 0.5, seed: 0) }
      #expect(error?.description.contains("has a test set; leave it out") == true)
    }
  }
}
