import Foundation
import Longtail

/// Pictures named on the command line, with those inside named folders, as a source without classes.
struct PictureFiles: FileImageSource {
  let classNames = ["picture"]
  let labels: [Int]
  private let paths: [String]

  init(_ names: [String]) throws {
    var paths: [String] = []
    for name in names {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: name, isDirectory: &isFolder) else {
        throw RunError.malformed(path: name, reason: "no such file or folder")
      }
      paths += isFolder.boolValue ? Self.pictures(in: name) : [name]
    }
    guard !paths.isEmpty else {
      throw RunError.malformed(path: names.joined(separator: ", "), reason: "no pictures there (.jpg, .jpeg or .png)")
    }
    self.paths = paths
    labels = Array(repeating: 0, count: paths.count)
  }

  func name(at index: Int) -> String { paths[index] }
  func path(at index: Int) -> String { paths[index] }

  private static func pictures(in folder: String) -> [String] {
    let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return files.filter { file in
      let hidden = file.split(separator: "/").contains { $0.hasPrefix(".") }
      return !hidden && ImageFolder.suffixes.contains((file as NSString).pathExtension.lowercased())
    }.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }.map { folder + "/" + $0 }
  }
}
