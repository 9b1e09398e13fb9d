import Crypto
import Foundation

/// A fingerprint of a data set for run records: SHA-256 as 64 hexadecimal digits.
///
/// It covers the class names, and for each image, in order of their names, the name, the label and the content: the pixels where they
/// are in memory, the bytes of the file where they are files. Files are read once; their digests are cached by their identity
/// (file system, inode, size, times) in the user's cache folder, so that unchanged files are not read again. A file that cannot be read
/// counts as unreadable; decoding it reports the reason.
public enum DataDigest {
  /// The fingerprint of one split.
  ///
  /// - Parameters:
  ///   - source: the images.
  ///   - cacheFolder: where digests of files are cached; nil to read every file.
  ///   - workers: threads that read files; by default as many as processor cores.
  ///   - progress: called repeatedly while files are read.
  /// - Throws: `ImageCodecError` for an image that is no file and cannot be read.
  public static func digest(
    of source: any ImageSource, cacheFolder: String? = CacheFolder.path(), workers: Int? = nil,
    progress: DataProgress? = nil
  ) throws -> String {
    let contents =
      source.isResident
      ? [] : try contentDigests(of: source, cacheFolder, workers ?? WorkerPool.defaultWorkers, progress)
    var hash = HashedFields()
    hash.add(source.classNames.count)
    for name in source.classNames { hash.add(name) }
    let labels = source.labels
    let names = labels.indices.map(source.name)
    let order = labels.indices.sorted { names[$0] == names[$1] ? $0 < $1 : ClassOrder.precedes(names[$0], names[$1]) }
    for index in order {
      hash.add(names[index])
      hash.add(labels[index])
      if source.isResident {
        hash.add(bytes: try source.contents(at: index))
      } else {
        contents[index].add(to: &hash)
      }
    }
    return hash.finalized()
  }

  /// The fingerprint of all splits of a data set.
  ///
  /// - Throws: as the digest of one split.
  public static func digest(
    of directory: DataDirectory, cacheFolder: String? = CacheFolder.path(), workers: Int? = nil,
    progress: DataProgress? = nil
  ) throws -> String {
    var hash = HashedFields()
    for (name, images) in directory.splits {
      hash.add(name)
      hash.add(try digest(of: images, cacheFolder: cacheFolder, workers: workers, progress: progress))
    }
    return hash.finalized()
  }

  /// The content of an image: the digest of its file, and the part of the file that is the image.
  private struct Content {
    var digest: FileContentDigest?
    var part: Range<Int>?

    func add(to hash: inout HashedFields) {
      hash.add(part?.lowerBound ?? 0)
      hash.add(part?.count ?? 0)
      if let digest {
        digest.withUnsafeBytes { hash.add(bytes: $0) }
      } else {
        hash.add("unreadable")
      }
    }
  }

  private static func contentDigests(
    of source: any ImageSource, _ cacheFolder: String?, _ workers: Int, _ progress: DataProgress?
  ) throws -> [Content] {
    var paths: [String] = []
    var positions: [String: Int] = [:]
    var contents: [Content] = []
    var fileOfImage: [Int] = []
    contents.reserveCapacity(source.count)
    fileOfImage.reserveCapacity(source.count)
    for index in 0..<source.count {
      guard let location = source.location(at: index) else {
        contents.append(Content(digest: FileContentDigest(of: try source.contents(at: index))))
        fileOfImage.append(-1)
        continue
      }
      contents.append(Content(part: location.part))
      // Many images share the file of a shard; otherwise each has its own.
      if location.part != nil, let position = positions[location.path] {
        fileOfImage.append(position)
        continue
      }
      if location.part != nil { positions[location.path] = paths.count }
      fileOfImage.append(paths.count)
      paths.append(location.path)
    }
    let digests = FileDigestCache(folder: cacheFolder).digests(of: paths, workers: workers, progress: progress)
    for (index, file) in fileOfImage.enumerated() where file >= 0 { contents[index].digest = digests[file] }
    return contents
  }
}

extension SHA256Digest {
  /// Two lower-case hexadecimal digits per byte.
  var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
