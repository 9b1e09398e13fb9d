import FileAccess

/// Why image data cannot be used. The text says where, what was expected, what came and what to do.
public enum DataSourceError: Error, Sendable, Hashable {
  // Files and folders
  /// No such file or folder.
  case missing(path: String)
  /// A file where a folder was expected.
  case notAFolder(path: String)
  /// The system refuses to read it.
  case unreadable(path: String, reason: String)
  /// The system refuses to write it.
  case unwritable(path: String, reason: String)
  /// Something is there already; nothing is written over.
  case exists(path: String)
  /// Folders nested without end, as by a link that leads back.
  case tooDeep(path: String, limit: Int)
  // CIFAR archives
  /// Files of an archive are missing.
  case incompleteArchive(folder: String, missing: [String])
  /// The size of a binary file is no multiple of its record.
  case brokenRecords(file: String, bytes: Int, recordBytes: Int)
  /// A label byte names no class.
  case labelByteOutOfRange(file: String, record: Int, kind: String, label: Int, classCount: Int)
  /// A class of an archive has another number of images than the published set.
  case unexpectedClassCount(split: String, className: String, expected: Int, actual: Int)
  /// A file of class names has another number of names.
  case unexpectedNameCount(file: String, expected: Int, actual: Int)
  // Lists
  /// A line of a list is wrong.
  case badLine(file: String, line: Int, problem: String)
  /// A list without a single image.
  case emptyList(file: String)
  /// The images of a list are in none of the searched folders.
  case noImageRoot(list: String, example: String, searched: [String], near: String?)
  // Tables, annotation files and shards
  /// A file that breaks its format; the place is a line, a record or a byte.
  case malformed(file: String, place: String, problem: String)
  /// More names than one index can hold.
  case tooManyNames(count: Int)
  /// A file of boxes and masks where images with one label each were expected.
  case onlyAnnotations(file: String)
  // Classes
  /// Fewer than two classes.
  case tooFewClasses(path: String, names: [String])
  /// Class folders without a single image, and what they hold instead.
  case noImages(path: String, leftOut: LeftOutFiles = LeftOutFiles())
  /// A folder without a single image, and what it holds instead.
  case noImageFiles(path: String, leftOut: LeftOutFiles)
  /// Training classes without images.
  case emptyClasses(path: String, names: [String])
  /// Two classes of one name.
  case duplicateClass(name: String, place: String)
  /// An evaluation class that the training data lack.
  case unknownClass(name: String, role: String, nearest: String?)
  /// A training class that the evaluation data lack.
  case missingClass(name: String, role: String)
  /// A label that stands for different class folders in two lists.
  case differingClass(file: String, label: Int, name: String, trainingName: String)
  // Layout
  /// A folder in none of the known layouts.
  case unknownLayout(path: String, found: String)
  /// Folders that lie where classes are expected but are none.
  case noClasses(path: String, names: [String], reason: String, remedy: String)
  /// A file that seems to be an index of images and cannot be used, where folders could be read instead.
  case unusableIndex(reason: String)
  /// A table that names images without classes.
  case unlabelledTable(file: String, columns: String)
  /// An option that data of this layout cannot use.
  case unusedOption(option: DataOption, path: String, layout: String)
  /// A folder that fits more than one layout.
  case ambiguousLayout(path: String, candidates: [String])
  // Use
  /// An index that the data do not have.
  case indexOutOfRange(index: Int, position: Int, count: Int)
  /// Images that cannot be decoded: how many, and the first few, each with its reason.
  case unreadableImages(count: Int, total: Int, examples: [String])
  /// More memory than allowed.
  case tooMuchMemory(needed: Int, limit: Int, count: Int, side: Int)
  /// A file that does not fit on its disk.
  case tooLittleDisk(path: String, needed: Int, free: Int)
  /// A setting out of range.
  case badSetting(name: String, value: String, expected: String)
}

extension DataSourceError: CustomStringConvertible {
  /// One line, or a few where files are listed; control characters in names are escaped.
  public var description: String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).escapedForDisplay }
      .joined(separator: "\n")
  }

  private var text: String {
    switch self {
    case .missing(let path): "\(path): there is no such file or folder"
    case .notAFolder(let path): "\(path): this is a file, expected the folder that holds the data"
    case .unreadable(let path, let reason): "\(path): cannot be read: \(reason)"
    case .unwritable(let path, let reason): "\(path): cannot be written: \(reason)"
    case .exists(let path): "\(path): already exists, and nothing is written over; choose another name or remove it"
    case .tooDeep(let path, let limit):
      "\(path): folders are nested more than \(limit) deep; is there a link that leads back?"
    case .incompleteArchive(let folder, let missing):
      "\(folder): the CIFAR archive lacks \(missing.joined(separator: ", ")); unpack the binary version again"
    case .brokenRecords(let file, let bytes, let recordBytes):
      "\(file): \(bytes) bytes are not a whole number of records of \(recordBytes) bytes "
        + "(\(bytes / recordBytes) records and \(bytes % recordBytes) bytes); the file is cut short or damaged, "
        + "unpack it again"
    case .labelByteOutOfRange(let file, let record, let kind, let label, let classCount):
      "\(file), record \(record): \(kind) \(label), expected 0...\(classCount - 1); the file is damaged"
    case .unexpectedClassCount(let split, let className, let expected, let actual):
      "\(split): class '\(className)' has \(actual) images, expected \(expected) as in the published set; "
        + "the file is incomplete, or a changed copy (then relax the count check)"
    case .unexpectedNameCount(let file, let expected, let actual):
      "\(file): \(actual) class names, expected \(expected)"
    case .badLine(let file, let line, let problem):
      "\(file):\(line): \(problem); a line is the image's path, a space, and its label (0, 1, 2, ...)"
    case .emptyList(let file): "\(file): the list has no images"
    case .noImageRoot(let list, let example, let searched, let near):
      "\(list): '\(example)' is in none of \(searched.joined(separator: ", "))"
        + (near.map { " (there is '\($0)', whose name has other letters or another encoding)" } ?? "") + "; "
        + "paths in a list are relative to the folder of the list or to a folder beside it; name another with --image-root"
    case .malformed(let file, let place, let problem): "\(file), \(place): \(problem)"
    case .tooManyNames(let count): "after \(count) names there are more than 4 GiB of them; split the data set"
    case .onlyAnnotations(let file):
      "\(file): this file marks objects in images (boxes, masks), but one label an image was expected; "
        + "'data inspect' and 'data check' read such files, training on them is not built yet "
        + "(class folders beside such a file: --format folders)"
    default: dataDescription
    }
  }

  private var dataDescription: String {
    switch self {
    case .tooFewClasses(let path, let names):
      "\(path): \(names.isEmpty ? "no class" : "only one class ('\(names.joined(separator: "', '"))')"), "
        + "expected at least two; " + DataDirectory.acceptedLayouts
    case .noImages(let path, let leftOut):
      "\(path): the class folders hold no images\(Self.insteadOfImages(leftOut))"
    case .noImageFiles(let path, let leftOut): "\(path): there are no images here\(Self.insteadOfImages(leftOut))"
    case .emptyClasses(let path, let names):
      "\(path): \(names.count == 1 ? "class" : "\(names.count) classes") without training images: "
        + "\(Self.some(names.map { "'\($0)'" })); add images, remove the class, or allow empty classes"
    case .duplicateClass(let name, let place):
      "\(place): two classes are called '\(name)'"
        + (name.utf8.contains { $0 >= 0x80 } ? " (the same letters, perhaps stored in two Unicode forms)" : "")
    case .unknownClass(let name, let role, let nearest):
      "\(role): class '\(name)' is not among the training classes"
        + (nearest.map { "; did you mean '\($0)'?" } ?? "; classes are matched by name")
    case .missingClass(let name, let role):
      "\(role): training class '\(name)' is missing; classes are matched by name (an empty folder will do)"
    case .differingClass(let file, let label, let name, let trainingName):
      "\(file): label \(label) is '\(name)' here but '\(trainingName)' in the training list"
    case .unknownLayout(let path, let found): "\(path): \(found); \(DataDirectory.acceptedLayouts)"
    case .ambiguousLayout(let path, let candidates):
      "\(path): holds \(candidates.joined(separator: " and ")); name one of them"
    case .noClasses(let path, let names, let reason, let remedy):
      "\(path): the folders \(Self.some(names.map { "'\($0)'" })) are no classes: \(reason); \(remedy)"
    case .unusableIndex(let reason):
      "\(reason); it lies beside the images and is not passed over: repair it, or move it away "
        + "(class folders beside it: --format folders)"
    case .unlabelledTable(let file, let columns):
      "\(file), line 1: no column of classes among \(columns); name it with --label-column (the usual names are label, class, species)"
    case .unusedOption(let option, let path, let layout):
      "\(option.rawValue) is \(option.purpose), but \(path) is read as \(layout); leave the option out, or choose data of another layout"
    case .indexOutOfRange(let index, let position, let count):
      "entry \(position): index \(index), expected 0...\(count - 1)"
    case .unreadableImages(let count, let total, let examples):
      "\(count) of \(total) images cannot be read:\n  " + examples.joined(separator: "\n  ")
        + (count > examples.count ? "\n  and \(count - examples.count) more" : "")
        + "\nRepair or remove them, or ask for unreadable images to be skipped."
    case .tooMuchMemory(let needed, let limit, let count, let side):
      "\(count) images of \(side) x \(side) pixels need \(Self.size(needed)) of memory, allowed are "
        + "\(Self.size(limit)); choose a smaller side or fewer images"
    case .tooLittleDisk(let path, let needed, let free):
      "\(path): needs \(Self.size(needed)), but only \(Self.size(free)) are free there; make room or choose another place"
    case .badSetting(let name, let value, let expected): "\(name) is \(value), expected \(expected)"
    default: ""
    }
  }

  private static func insteadOfImages(_ leftOut: LeftOutFiles) -> String {
    " (" + ImageFolder.suffixes.map { "." + $0 }.joined(separator: " ") + ")"
      + leftOut.sentences.map { "; " + $0 }.joined()
  }

  private static func some(_ names: [String]) -> String {
    names.prefix(10).joined(separator: ", ") + (names.count > 10 ? " and \(names.count - 10) more" : "")
  }

  private static func size(_ bytes: Int) -> String {
    let tenths = (bytes * 10) >> 20
    return tenths < 10_240 ? "\(tenths / 10).\(tenths % 10) MiB" : "\(tenths / 10_240).\(tenths % 10_240 / 1024) GiB"
  }
}
