import FileAccess
import Serialization

/// Detects the layout of a folder, the most specific first.
///
/// Folders are read as classes only where no file lists images; an index file that cannot be used is an error.
struct LayoutFinder {
  let path: String
  let listing: DirectoryListing
  let options: DataDirectoryOptions

  /// The files of one format.
  private struct Search {
    var layout: DataLayout?
    /// Files that seem to name images but cannot be used, with the reasons.
    var failures: [any Error] = []
    /// Notes for the user.
    var notes: [String] = []
  }

  /// - Throws: `DataSourceError.unknownLayout` that names the known ones, `.ambiguousLayout`, `.unusableIndex`.
  func find() throws -> (layout: DataLayout, notes: [String]) {
    if let format = options.reading.format {
      let search = try search(format)
      if let layout = search.layout { return (layout, search.notes) }
      if let failure = search.failures.first { throw failure }
      throw DataSourceError.unknownLayout(path: path, found: "nothing of the format '\(format.rawValue)' is here")
    }
    var failures: [any Error] = []
    for format in [DataFormat.cifar, .birds, .lists, .csv, .iNaturalist, .shards] {
      let search = try search(format)
      if let layout = search.layout { return (layout, search.notes + unusedNote(beside: layout)) }
      failures += search.failures
    }
    if let failure = failures.first ?? unreadIndex {
      throw DataSourceError.unusableIndex(reason: String(describing: failure))
    }
    let folders = try search(.folders).layout
    let isSplit = if case .splitFolders = folders { true } else { false }
    // A file of marked objects beside a folder of images is more specific than class folders.
    if !isSplit, let objects = try search(.coco).layout { return (objects, []) }
    guard let folders else { throw DataSourceError.unknownLayout(path: path, found: found) }
    return (folders, unusedNote(beside: folders))
  }

  private func search(_ format: DataFormat) throws -> Search {
    switch format {
    case .cifar: Search(layout: try CIFARArchive.locate(path).map { .cifar($0.variant, folder: $0.folder) })
    case .birds: Search(layout: BirdArchive.locate(path, listing).map { .birds(folder: $0) })
    case .lists: Search(layout: try lists.map { .lists($0) })
    case .csv: try tables
    case .iNaturalist: try annotations(.labels)
    case .coco: try annotations(.objects)
    case .shards: Search(layout: shards.map { .shards($0) })
    case .folders:
      Search(
        layout: try SplitFolders.find(in: listing, of: path).map { .splitFolders($0) }
          ?? (listing.folders.isEmpty ? nil : .classFolders))
    }
  }

  private var found: String {
    let count = listing.files.count(where: ImageFolder.hasImageSuffix)
    return count > 0 ? "\(count) images, but no class folders" : "no images and no class folders"
  }

  // MARK: Lists

  /// `train.txt`, or a single `..._train.txt`, with its siblings.
  private var lists: SplitFiles? {
    get throws {
      let texts = candidates(["txt", "lst"])
      let named = texts.filter { SplitFiles.splitAtEnd(of: $0) == .train }
      let plain = named.filter { DataSplit(named: String($0.dropLast(4))) == .train }
      let training = plain.count == 1 ? plain : named
      guard training.count <= 1 else { throw DataSourceError.ambiguousLayout(path: path, candidates: training) }
      return training.first.map { SplitFiles.siblings(of: $0, among: texts).below(path) }
    }
  }

  /// The files with one of these suffixes; the list of the training images to use is none of the data set.
  private func candidates(_ suffixes: [String]) -> [String] {
    listing.files.filter { name in
      suffixes.contains(SplitFiles.suffix(of: name)) && path + "/" + name != options.trainingList
    }
  }

  // MARK: Tables

  /// Tables whose head names paths and classes.
  private var tables: Search {
    get throws {
      let names = candidates(["csv", "tsv"])
      guard names.count <= Self.mostFiles else { return Search() }
      var (usable, search) = ([String](), Search())
      for name in names {
        switch TableProbe.finding(path + "/" + name, options.reading.columns) {
        case .usable: usable.append(name)
        case .unrelated: break
        case .unlabelled(let error):
          // The test set of a competition has no classes; any other table without them is for training.
          let isTest = SplitFiles.split(of: name) == .test
          if isTest {
            search.notes.append("\(name) names images without classes and is not used")
          } else {
            search.failures.append(error)
          }
        case .unusable(let error):
          if SplitFiles.split(of: name) != nil { throw error }
          search.failures.append(error)
        }
      }
      search.layout = try SplitFiles.among(usable, of: path).map { .tables($0.below(path)) }
      return search
    }
  }

  // MARK: JSON

  /// JSON files here or in `annotations`; files that only help others are left out by their names.
  private func annotations(_ wanted: AnnotationProbe.Contents) throws -> Search {
    let below = listing.folders.contains("annotations") ? try DirectoryListing(of: path + "/annotations").files : []
    let all = candidates(["json"]) + below.map { "annotations/" + $0 }.filter { SplitFiles.suffix(of: $0) == "json" }
    // Data sets with one small file per image have thousands; none of those is an index.
    guard all.count <= Self.mostFiles else { return Search() }
    var (usable, search) = ([String](), Search())
    for name in all where !Self.helpers.contains(where: name.contains) {
      do {
        let contents = try AnnotationProbe.contents(of: path + "/" + name)
        if contents == wanted { usable.append(name) }
        if let failure = failure(of: name, contents) { search.failures.append(failure) }
      } catch {
        if SplitFiles.split(of: name) != nil { throw error }
        search.failures.append(error)
      }
    }
    search.layout = try SplitFiles.among(usable, of: path).map {
      wanted == .objects ? .coco($0.below(path)) : .iNaturalist($0.below(path))
    }
    return search
  }

  /// Why a file without annotations cannot be used, where its name or its images say that it should be.
  private func failure(of name: String, _ contents: AnnotationProbe.Contents) -> DataSourceError? {
    let split = SplitFiles.split(of: name)
    let expected = "expected an object with 'images', 'annotations' and 'categories'"
    switch contents {
    case .labels, .objects: return nil
    case .unlabelled where split != .test:
      return .malformed(file: path + "/" + name, place: "the end", problem: "images without annotations; " + expected)
    case .nothing where split == .train:
      return .malformed(file: path + "/" + name, place: "line 1", problem: "nothing that names images; " + expected)
    default: return nil
    }
  }

  private static let mostFiles = 64
  private static let helpers = [
    "categories.json", "_locations.json", "_bboxes.json", "captions_", "person_keypoints_", "panoptic_", "stuff_",
    "image_info_",
  ]

  // MARK: Archives

  /// Tar files by the split that their names tell; all are for training where none tells it. Beside folders only numbered files count, as
  /// an unpacked archive often stays beside what was in it.
  private var shards: [DataSplit: [String]]? {
    let files = listing.files.filter { name in
      name.hasSuffix(".tar")
        && (listing.folders.isEmpty || options.reading.format == .shards || name.dropLast(4).last?.isNumber == true)
    }
    guard !files.isEmpty else { return nil }
    var result = Dictionary(grouping: files) { SplitFiles.split(of: $0) ?? .train }.mapValues {
      $0.map { path + "/" + $0 }
    }
    if result[.train] == nil { result = [.train: files.map { path + "/" + $0 }] }
    return result
  }

  // MARK: Formats that are not read

  /// Suffixes of indices of images that are not read.
  private static let otherIndices = ["jsonl", "ndjson", "xlsx", "xls", "ods", "parquet"]

  /// Names that an index of images has where no split is in it.
  private static let indexNames: Set<String> = [
    "metadata", "labels", "label", "annotations", "annotation", "index", "images", "dataset",
  ]

  /// An index of images in a format that is not read: by its name, or because too few folders lie beside it to be classes.
  private var unreadIndex: DataSourceError? {
    candidates(Self.otherIndices).first { name in
      let stem = name.lowercased().prefix { $0 != "." }
      return SplitFiles.split(of: name) == .train || Self.indexNames.contains(String(stem)) || listing.folders.count < 2
    }.map { name in
      .malformed(
        file: path + "/" + name, place: "the whole file",
        problem: "this format is not read; save it as CSV with a head such as 'path,label'")
    }
  }

  /// Whether the first line of a text file is that of a list of images with labels.
  private func isList(_ name: String) -> Bool {
    guard let head = try? InputFile(path + "/" + name).bytes(first: 4096) else { return false }
    let words = String(decoding: head, as: UTF8.self).prefix { !$0.isNewline }.split(separator: " ")
    guard words.count >= 2, let last = words.last, ByteText.plainNumber(String(last)) != nil else { return false }
    return ImageFolder.hasImageSuffix(words.dropLast().joined(separator: " "))
  }

  // MARK: Notes

  /// Names the files here that could be an index of images and are not used.
  private func unusedNote(beside layout: DataLayout) -> [String] {
    let used: Set<String>
    switch layout {
    case .lists(let files), .tables(let files), .iNaturalist(let files), .coco(let files): used = Set(files.all)
    case .cifar, .birds: return []
    case .shards, .splitFolders, .classFolders: used = []
    }
    let texts = candidates(["txt", "lst"])
    let lists = texts.count <= Self.mostFiles ? texts.filter(isList) : []
    let others = (candidates(["csv", "tsv", "json"] + Self.otherIndices) + lists).filter { name in
      !used.contains(path + "/" + name) && !Self.helpers.contains(where: name.contains)
    }
    guard let first = others.first else { return [] }
    return [
      others.count == 1
        ? "\(first) is not used"
        : "\(others.count) files are not used: \(others.prefix(5).joined(separator: ", "))"
          + (others.count > 5 ? ", ..." : "")
    ]
  }
}

extension SplitFiles {
  /// The same files with a folder before their names.
  func below(_ folder: String) -> SplitFiles {
    SplitFiles(
      train: folder + "/" + train, validation: validation.map { folder + "/" + $0 },
      test: test.map { folder + "/" + $0 })
  }
}
