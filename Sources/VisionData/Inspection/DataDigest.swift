import Crypto
import Foundation

/// A fingerprint of a data set for run records: SHA-256 as 64 hexadecimal digits.
///
/// It covers the class names, and for each picture, in order of their names, the name, the label and the content: the pixels where they
/// are in memory, the size of the file where they are files (so that a large set takes seconds, not hours).
public enum DataDigest {
  /// The fingerprint of one split.
  ///
  /// - Throws: `ImageCodecError` if a file is missing.
  public static func digest(of source: any ImageSource) throws -> String {
    var hash = SHA256()
    add(source.classNames.count, to: &hash)
    for name in source.classNames { add(name, to: &hash) }
    let labels = source.labels
    let names = labels.indices.map(source.name)
    let order = labels.indices.sorted { names[$0] == names[$1] ? $0 < $1 : ClassOrder.precedes(names[$0], names[$1]) }
    for index in order {
      add(names[index], to: &hash)
      add(labels[index], to: &hash)
      if source.isResident {
        hash.update(data: try source.contents(at: index))
      } else {
        add(try source.contentSize(at: index), to: &hash)
      }
    }
    return hash.finalize().hexadecimal
  }

  /// The fingerprint of all splits of a data set.
  ///
  /// - Throws: `ImageCodecError` if a file is missing.
  public static func digest(of directory: DataDirectory) throws -> String {
    var hash = SHA256()
    for (name, images) in directory.splits {
      add(name, to: &hash)
      add(try digest(of: images), to: &hash)
    }
    return hash.finalize().hexadecimal
  }

  private static func add(_ text: String, to hash: inout SHA256) {
    add(text.utf8.count, to: &hash)
    hash.update(data: Array(text.utf8))
  }

  private static func add(_ number: Int, to hash: inout SHA256) {
    withUnsafeBytes(of: UInt64(number).littleEndian) { hash.update(bufferPointer: $0) }
  }
}

extension SHA256Digest {
  /// Two lower-case hexadecimal digits a byte.
  var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
