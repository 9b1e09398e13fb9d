import Datasets
import Foundation
import LongtailTestSupport
import Testing

@Suite struct ImageTableTests {
  private func table(
    _ text: String, _ columns: ImageTableColumns = .init(), names: [String]? = nil, file: String = "t.csv"
  ) throws -> ImageTable {
    let folder = try TemporaryFolder()
    try folder.write(text, to: file)
    return try ImageTable(file: folder.path + "/" + file, root: "/data", columns: columns, classNames: names)
  }

  @Test func splitsAndMetadata() throws {
    let table = try table(SmallSets.table)
    let training = try #require(table.training)
    #expect(training.classNames == ["ant", "bee"])
    #expect(training.labels == [0, 1])
    #expect(training.path(at: 1) == "/data/b/1.png")
    #expect(table.validation?.labels == [0])
    #expect(table.test?.name(at: 0) == "b/2.png")
    let first = try #require(training.metadata?.metadata(at: 0))
    #expect(first.latitude == 1.5)
    #expect(first.longitude == 2)
    #expect(first.date == "2020-01-02")
    #expect(first.fields == ["note": "first, with \"quotes\""])
    let second = try #require(training.metadata?.metadata(at: 1))
    #expect(second == RecordMetadata())
    // Zero is a place, a word is none, and what is out of range stays as it was stated.
    let zero = try #require(table.validation?.metadata?.metadata(at: 0))
    #expect(zero.latitude == 0)
    #expect(zero.longitude == 0)
    #expect(zero.fields["note"] == "two\nlines")
    let odd = try #require(table.test?.metadata?.metadata(at: 0))
    #expect(odd.latitude == -91.5)
    #expect(odd.longitude == nil)
    let coverage = try #require(MetadataCoverage(of: training))
    #expect(coverage.recordCount == 2)
    #expect(coverage.locatedCount == 1)
    #expect(coverage.datedCount == 1)
    #expect(coverage.fields == [MetadataCoverage.Field(name: "note", count: 1)])
  }

  /// Numbers from 0 without large gaps are indices, all others identifiers.
  @Test func numbersAsClasses() throws {
    let dense = try #require(try table("file;label\na.png;2\nb.png;0\nc.png;2\n").training)
    #expect(dense.classNames == ["0", "1", "2"])
    #expect(dense.labels == [2, 0, 2])
    let sparse = try #require(try table("file\tlabel\na.png\t58334\nb.png\t6317\n", file: "t.tsv").training)
    #expect(sparse.classNames == ["6317", "58334"])
    #expect(sparse.labels == [1, 0])
    let fromOne = try #require(try table("file,label\na.png,1\nb.png,2\n").training)
    #expect(fromOne.classNames == ["1", "2"])
    #expect(fromOne.labels == [0, 1])
    let named = try #require(try table("file,label\na.png,1\nb.png,0\n", names: ["ant", "bee"]).training)
    #expect(named.classNames == ["ant", "bee"])
    #expect(named.labels == [1, 0])
  }

  @Test func namedColumns() throws {
    let text = "id,image,taxon\n1,a.png,x\n2,b.png,y\n"
    #expect(throws: DataSourceError.self) { try table(text) }
    let images = try #require(try table(text, .init(path: "image", label: "taxon", kept: [])).training)
    #expect(images.labels == [0, 1])
    #expect(images.metadata == nil)
    let error = #expect(throws: DataSourceError.self) { try table(text, .init(path: "images", label: "taxon")) }
    #expect(error?.description.contains("did you mean 'image'?") == true)
  }

  @Test(arguments: [
    ("path,label\n", "no images"), ("", "no images"), ("path,label\na.png\n", "line 2: 1 fields, but the head has 2"),
    ("path,label\n,x\n", "the list has no images"), ("path,label\n/a.png,x\n", "line 2: the path starts with a slash"),
    ("path,label\na.png,x\n\nb.png,\n", "line 4: no class"),
    ("path,label,split\na.png,x,trian\n", "line 2: split 'trian'"),
    ("path,path,label\na,b,c\n", "two columns are called 'path'"),
    ("path,label\n\"a.png,x\n", "line 2: a quote that opens here"),
    ("a,b\n1,2\n", "line 1: no column of paths"), ("path,b\n1,2\n", "line 1: no column of classes"),
  ])
  func problemsAreNamed(text: String, problem: String) throws {
    let error = #expect(throws: (any Error).self) { try table(text) }
    #expect(error.map { "\($0)" }?.contains(problem) == true, "\(String(describing: error))")
  }

  @Test func unknownClassOfAnotherTable() throws {
    let error = #expect(throws: DataSourceError.self) { try table("path,label\na.png,antt\n", names: ["ant", "bee"]) }
    #expect(error?.description.contains("did you mean 'ant'?") == true)
  }

  @Test func opensAsADirectory() throws {
    let folder = try TemporaryFolder()
    for name in ["a/1.png", "a/2.png", "b/1.png", "b/2.png"] { try folder.writeImage("images/" + name) }
    try folder.write(SmallSets.table, to: "all.csv")
    try folder.write("class,count\nant,2\n", to: "class_counts.csv")
    let data = try DataDirectory.open(folder.path)
    #expect(data.kind == .imageTable)
    #expect(data.splits.map(\.name) == ["train", "validation", "test"])
    #expect(try data.training.image(at: 0).width == 6)
    #expect(try DataDirectory.open(folder.path + "/all.csv").training.count == 2)
    try FileManager.default.removeItem(atPath: folder.path + "/all.csv")
    try folder.write("path,label\na/1.png,ant\nb/1.png,bee\n", to: "train.csv")
    try folder.write("path,label\na/2.png,ant\n", to: "test.csv")
    let two = try DataDirectory.open(folder.path)
    #expect(two.test?.labels == [0])
    #expect(two.test?.classNames == ["ant", "bee"])
    try folder.write("path,label\na/2.png,cow\n", to: "test.csv")
    #expect(throws: DataSourceError.self) { try DataDirectory.open(folder.path) }
  }

  @Test(.enabled(if: RealData.has("geo")))
  func realObservations() throws {
    let columns = ImageTableColumns(path: "image_url", label: "scientific_name", kept: ["quality_grade"])
    let file = RealData.path("geo/inat-observations-568611.csv")
    let images = try #require(try ImageTable(file: file, root: "/data", columns: columns).training)
    // Three observations have no photograph, and are the only ones of their classes.
    #expect(images.count == 1275)
    #expect(images.classNames.count == 417)
    #expect(images.classCounts.max() == 55)
    #expect(images.classCounts.count { $0 == 1 } == 216)
    let coverage = try #require(MetadataCoverage(of: images))
    #expect(coverage.locatedCount >= 1274)
    #expect(coverage.datedCount >= 1274)
    let bounds = try #require(coverage.bounds)
    #expect(bounds.smallestLatitude > 32.7)
    #expect(bounds.largestLatitude < 34.9)
    #expect(bounds.smallestLongitude > -119)
    #expect(bounds.largestLongitude < -117.6)
  }
}
