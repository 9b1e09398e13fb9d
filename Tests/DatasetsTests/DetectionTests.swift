import Datasets
import Foundation
import LongtailTestSupport
import Testing

@Suite struct DetectionTests {
  private func read(
    _ text: String, outlines: DetectionAnnotations.Outlines = .kept
  ) throws -> DetectionAnnotations {
    let folder = try TemporaryFolder()
    try folder.write(text, to: "instances.json")
    return try DetectionAnnotations(contentsOf: folder.path + "/instances.json", outlines: outlines)
  }

  @Test func readsAndJoins() throws {
    let set = try read(SmallSets.coco)
    #expect(set.categories.map(\.name) == ["cat", "dog"])
    #expect(set.categories.map(\.frequency) == [.common, .rare])
    #expect(set.images.map(\.fileName) == ["a.png", "train2017/b.png"])
    #expect(set.images[0].negativeCategories == [1])
    #expect(set.images[0].incompleteCategories == [0])
    #expect(set.instances.map(\.image) == [0, 0, 1])
    #expect(set.instances.map(\.category) == [0, 0, 1])
    #expect(set.instances.map(\.isCrowd) == [false, true, false])
    #expect(set.instances[0].segmentation == .polygons([[0, 0, 2, 0, 2, 2]]))
    #expect(set.instances[1].box == DetectionBox(x: 1, y: 1, width: 2, height: 1.5))
    #expect(set.instanceCounts == [1, 1])
    #expect(set.imageCounts == [1, 1])
    #expect(set.findings.isEmpty)
    #expect(try read(SmallSets.coco, outlines: .dropped).instances.allSatisfy { $0.segmentation == .none })
    let summary = DetectionSummary(set)
    #expect(
      summary.instanceCount == 2 && summary.crowdCount == 1 && summary.maskCount == 2 && summary.polygonCount == 1)
  }

  /// Runs go down the columns and begin outside.
  @Test func masks() throws {
    let mask = try #require(RunLengthMask(height: 3, width: 4, counts: [3, 2, 7]))
    #expect(mask.area == 2)
    #expect(mask.pixels == [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0])
    #expect(RunLengthMask(height: 3, width: 4, counts: [3, 2, 6]) == nil)
    // Five bits a character: 4, 10, 10.
    #expect(RunLengthMask(height: 4, width: 6, compressed: "4::")?.counts == [4, 10, 10])
    for text in ["4:", "4:9", "", "4:P", "\u{1}", "4:ooooooooooooooo"] {
      #expect(RunLengthMask(height: 4, width: 6, compressed: text) == nil, "\(text)")
    }
    #expect(RunLengthMask(height: 1 << 20, width: 1 << 20, counts: []) == nil)
  }

  @Test(arguments: [
    (#""image_id": 5"#, #""image_id": 6"#, "annotation 3: there is no image 6"),
    (#""category_id": 9"#, #""category_id": 8"#, "annotation 3: there is no category 8"),
    ("[0, 0, 2, 2]", "[0, 0, 2]", "has 3 numbers, expected x, y, width, height"),
    ("[[0, 0, 2, 0, 2, 2]]", "[[0, 0, 2, 0, 2]]", "a polygon of 5 numbers"),
    ("[3, 2, 7]", "[3, 2, 8]", "do not fill 4 x 3 pixels"), ("[3, 2, 7]", "[3, -2, 11]", "do not fill"),
    (#""size": [3, 4]"#, #""size": [4, 3]"#, "a mask of 3 x 4 pixels in an image of 4 x 3"),
    (#""neg_category_ids": [9]"#, #""neg_category_ids": [1]"#, "'neg_category_ids' names no category: 1"),
    (#""frequency": "r""#, #""frequency": "x""#, "frequency 'x', expected r, c or f"),
    (#""width": 4"#, #""width": 0"#, "no positive 'width' and 'height'"),
    (#""categories""#, #""kinds""#, "there is no 'categories'"),
  ])
  func problemsAreNamed(old: String, new: String, problem: String) throws {
    let changed = SmallSets.coco.replacing(old, with: new, maxReplacements: 1)
    #expect(changed != SmallSets.coco)
    let message = try refusal { try read(changed) }
    #expect(message.contains(problem), "\(message)")
  }

  @Test func oddThingsAreFound() throws {
    let odd = SmallSets.coco.replacing("[0, 0, 6, 4]", with: "[0, 0, 16, 0]")
      .replacing(#""image_id": 5, "category_id": 9"#, with: #""image_id": 7, "category_id": 9"#)
      .replacing(#"{"size": [4, 6], "counts": "4::"}"#, with: "[]")
    let findings = try read(odd).findings
    #expect(
      findings.map(\.title) == [
        "boxes without area", "boxes that reach out of their image", "objects of a class that is stated to be absent",
        "images without objects",
      ])
    #expect(findings.allSatisfy { $0.count == 1 && $0.examples.count == 1 })
  }

  @Test func directoryAndCheck() throws {
    let folder = try TemporaryFolder()
    try folder.write(SmallSets.coco, to: "annotations/instances_train2017.json")
    try folder.write(SmallSets.coco, to: "annotations/instances_val2017.json")
    try folder.write("{\"annotations\": []}", to: "annotations/captions_train2017.json")
    #expect(try DetectionDirectory.isOne(folder.path))
    #expect(throws: DataSourceError.onlyAnnotations(file: folder.path + "/annotations/instances_train2017.json")) {
      try DataDirectory.open(folder.path)
    }
    #expect(try DetectionDirectory.open(folder.path).splits.map(\.imageRoot) == [nil, nil])
    try folder.writeImage("images/a.png", width: 4, height: 3)
    try folder.writeImage("images/train2017/b.png", width: 5, height: 4)
    let directory = try DetectionDirectory.open(folder.path)
    #expect(directory.splits.map(\.split) == [.train, .validation])
    #expect(directory.splits.allSatisfy { $0.imageRoot == folder.path + "/images" })
    let report = try DetectionCheck.run(directory, workers: 2)
    #expect(!report.isUsable)
    #expect(report.splits[0].wrongSize.examples == ["train2017/b.png: 5 x 4 pixels, stated are 6 x 4"])
    #expect(report.splits[0].missing.count == 0)
    #expect(report.splits[0].unreadable.count == 0)
    #expect(report.sharedBetweenSplits.count == 2)
  }

  @Test(.enabled(if: RealData.has("coco128")))
  func realCOCO() throws {
    let directory = try DetectionDirectory.open(RealData.path("coco128"))
    let (_, set, root) = try #require(directory.splits.first)
    #expect(root == RealData.path("coco128") + "/images")
    #expect(set.images.count == 60)
    #expect(set.categories.count == 80)
    #expect(set.instances.count == 403)
    let crowds = set.instances.filter(\.isCrowd)
    #expect(crowds.count == 6)
    // The stated areas are those of outlines before they became masks, and up to half as large again.
    let areas = crowds.map { crowd in
      if case .mask(let mask) = crowd.segmentation { mask.area } else { 0 }
    }
    #expect(areas == [6341, 133_271, 1958, 4256, 3089, 1619])
    #expect(zip(areas, crowds).allSatisfy { Double($0) <= $1.area && Double($0) > 0.6 * $1.area })
    #expect(set.imageCounts.count { $0 > 0 } == 61)
    #expect(try DetectionCheck.run(directory).isUsable)
  }

  @Test(.enabled(if: RealData.has("taco")))
  func realTACO() throws {
    let set = try DetectionAnnotations(contentsOf: RealData.path("taco/annotations.json"))
    #expect(set.images.count == 1500)
    #expect(set.categories.count == 60)
    #expect(set.instances.count == 4784)
    let repeated = try #require(set.findings.first { $0.title == "annotations whose id another one has" })
    #expect(repeated.count == 2)
    #expect(repeated.examples == ["309", "4040"])
    let counts = set.instanceCounts
    #expect(counts.count { $0 > 0 } == 59)
    #expect(counts.max() == 667)
    #expect(counts.filter { $0 > 0 }.min() == 1)
  }

  @Test(.enabled(if: RealData.has("lvis")))
  func realLVIS() throws {
    let set = try DetectionAnnotations(contentsOf: RealData.path("lvis/lvis_v0.5_val_100.json"))
    #expect(set.images.count == 100)
    #expect(set.categories.count == 1230)
    #expect(set.instances.count == 977)
    #expect(set.images.contains { !$0.negativeCategories.isEmpty })
    #expect(!set.findings.contains { $0.title.contains("stated to be absent") })
    let categories = try DetectionCategory.list(contentsOf: RealData.path("lvis/lvis_v1_train_cat_info.json"))
    #expect(categories.count == 1203)
    let groups = DetectionCategory.Frequency.allCases.map { group in categories.count { $0.frequency == group } }
    #expect(groups == [337, 461, 405])
    #expect(categories.compactMap(\.statedInstanceCount).reduce(0, +) == 1_270_141)
  }
}
