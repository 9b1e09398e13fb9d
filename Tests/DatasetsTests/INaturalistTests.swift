import Datasets
import Foundation
import LongtailTestSupport
import Testing

@Suite struct INaturalistTests {
  private func file(_ text: String, name: String = "train.json") throws -> (TemporaryFolder, String) {
    let folder = try TemporaryFolder()
    try folder.write(text, to: name)
    return (folder, folder.path + "/" + name)
  }

  @Test func readsAndJoins() throws {
    let (_folder, path) = try file(SmallSets.iNaturalist2021)
    let read = try INaturalistFile(file: path, root: "/data")
    #expect(_folder.path.count > 0)
    #expect(read.categories.map(\.id) == [0, 1])
    #expect(read.categories[1].commonName == "Common Toad")
    #expect(read.images.classNames == ["Abies alba", "Bufo bufo"])
    #expect(read.images.labels == [1, 0, 1])
    #expect(read.imageIDs == [0, 1, 2])
    #expect(read.images.path(at: 1) == "/data/train/00000_a/b.png")
    let metadata = try #require(read.images.metadata)
    let first = metadata.metadata(at: 0)
    #expect(first.latitude == 0)
    #expect(first.longitude == -122.5)
    #expect(first.locationUncertainty == 10)
    #expect(first.date.flatMap { RecordDate($0) }?.hour == 14)
    #expect(metadata.metadata(at: 1).latitude == nil)
    #expect(metadata.metadata(at: 2).latitude == 45.25)
    #expect(metadata.metadata(at: 2).date == nil)
  }

  /// 2018: numbers for names until `categories.json` is there, locations in a file of their own.
  @Test func extraFilesOf2018() throws {
    let (folder, path) = try file(
      """
      {"images": [{"id": 10, "file_name": "x/1.png"}, {"id": 900000000, "file_name": "x/2.png"}, {"id": 12, "file_name": "x/3.png"}],
       "categories": [{"id": 5, "name": "5", "supercategory": "A"}, {"id": 3, "name": 3, "supercategory": "B"}],
       "annotations": [{"id": 1, "image_id": 900000000, "category_id": 3}, {"id": 2, "image_id": 10, "category_id": 5}]}
      """, name: "train2018.json")
    try folder.write(
      #"[{"id": 5, "name": "Same"}, {"id": 3, "name": "Same", "supercategory": "B"}]"#, to: "categories.json")
    try folder.write(
      #"[{"id": 900000000, "lat": 1.5, "lon": 2.5, "loc_uncert": null, "date": "2018-05-03"}, {"id": 77, "lat": 1, "lon": 1}]"#,
      to: "train2018_locations.json")
    let plain = try INaturalistFile(file: path, root: "/")
    #expect(plain.images.classNames == ["3", "5"])
    #expect(plain.images.labels == [1, 0])
    #expect(plain.unlabelledCount == 1)
    #expect(plain.imageIDs == [10, 900_000_000])
    #expect(plain.images.metadata == nil)
    for i in 1...3 { try folder.writeImage("x/\(i).png") }
    let data = try DataDirectory.open(folder.path)
    #expect(data.kind == .iNaturalist)
    #expect(data.classNames == ["Same (B)", "Same (5)"])
    #expect(data.training.metadata?.metadata(at: 1).latitude == 1.5)
    #expect(data.training.metadata?.metadata(at: 0).latitude == nil)
    #expect(data.notes.contains { $0.contains("1 images have no class") })
  }

  @Test(arguments: [
    (
      #"{"id": 1, "image_id": 1, "category_id": 0}"#, #"{"id": 1, "image_id": 9, "category_id": 0}"#,
      "annotation 1: there is no image 9"
    ),
    (#""image_id": 1, "category_id": 0"#, #""image_id": 1, "category_id": 4"#, "annotation 1: there is no category 4"),
    (#"{"id": 1, "width""#, #"{"id": 0, "width""#, "images: two have the id 0"),
    (#"{"id": 1, "name""#, #"{"id": 0, "name""#, "categories: two have the id 0"),
    (#""file_name": "train/00001_b/a.png", "#, "", "image 0, which ends here, has no 'file_name'"),
    (#""latitude": 0"#, #""latitude": "0""#, "expected a number for 'latitude', found '\"'"),
    (#""train/00001_b/a.png""#, "17", "expected text in quotes for 'file_name', found '1'"),
    (#""date": null"#, #""date": 2019"#, "expected text in quotes for 'date', found '2'"),
    (#""Plants""#, "4", "expected text in quotes for 'supercategory', found '4'"),
    (#""image_id": 0, "#, #""image_id": [0], "#, "expected a whole number or text for 'image_id', found '['"),
    (#""image_id": 0, "#, "", "without 'image_id'"),
    (#""image_id": 2, "category_id": 1"#, #""image_id": 0, "category_id": 0"#, "marks objects"),
    (#""id": 0, "width": 500"#, #""id": 0.5, "width": 500"#, "expected a whole number or text for 'id', found '0.5'"),
    (#""train/00001_b/a.png""#, #""/etc/passwd""#, "starts with a slash"),
  ])
  func problemsAreNamed(old: String, new: String, problem: String) throws {
    let changed = SmallSets.iNaturalist2021.replacing(old, with: new, maxReplacements: 1)
    #expect(changed != SmallSets.iNaturalist2021)
    let (_folder, path) = try file(changed)
    let message = try refusal { try INaturalistFile(file: path, root: _folder.path) }
    #expect(message.contains(problem), "\(message)")
    #expect(message.hasPrefix(path))
  }

  @Test func validationIsMatchedByName() throws {
    let (folder, _) = try file(SmallSets.iNaturalist2021)
    for name in ["00001_b/a", "00000_a/b", "00001_b/c"] { try folder.writeImage("train/\(name).png") }
    try folder.writeImage("val/1.png")
    // The same classes under other numbers.
    try folder.write(
      """
      {"images": [{"id": 0, "file_name": "val/1.png"}], "annotations": [{"id": 0, "image_id": 0, "category_id": 0}],
       "categories": [{"id": 0, "name": "Bufo bufo"}, {"id": 1, "name": "Abies alba"}]}
      """, to: "val.json")
    let data = try DataDirectory.open(folder.path)
    #expect(data.validation?.labels == [1])
    #expect(data.classTitles == ["Silver Fir", "Common Toad"])
    try folder.write(SmallSets.iNaturalist2021, to: "train_mini.json")
    #expect(throws: DataSourceError.self) { try DataDirectory.open(folder.path) }
    let mini = try DataDirectory.open(folder.path + "/train_mini.json")
    #expect(mini.training.count == 3)
    #expect(mini.validation?.labels == [1])
  }

  @Test func dates() {
    let parts = { (text: String) in
      RecordDate(text).map { [$0.year, $0.month, $0.day, $0.hour ?? -1, $0.minute ?? -1] }
    }
    #expect(parts("2018-05-03") == [2018, 5, 3, -1, -1])
    #expect(parts(" 2019-8-21 14:05:10+00:00") == [2019, 8, 21, 14, 5])
    #expect(parts("2019/08/21T14:05Z") == [2019, 8, 21, 14, 5])
    #expect(parts("2019-08-21 25:00") == [2019, 8, 21, -1, -1])
    for text in ["", "2019", "2019-13-01", "2019-00-01", "x", "21.08.2019", "99999-01-01"] {
      #expect(parts(text) == nil)
    }
  }
}
