import ImageCodecs

/// Reads the binary files of one split.
struct CIFARReader {
  let variant: CIFARVariant
  let folder: String
  let classNames: [String]

  private var planeBytes: Int { CIFARVariant.side * CIFARVariant.side }

  /// Reads files one after the other into one block.
  func read(_ files: [String]) throws -> ResidentImages {
    let counts = try files.map(recordCount)
    var starts: [(file: String, start: Int)] = []
    var labels: [Int] = []
    labels.reserveCapacity(counts.reduce(0, +))
    let byteCount = counts.reduce(0, +) * planeBytes * 3
    let pixels = try [UInt8](unsafeUninitializedCapacity: byteCount) { block, initialized in
      for (file, count) in zip(files, counts) {
        starts.append((file, labels.count))
        try append(file, count, to: block, &labels)
      }
      initialized = byteCount
    }
    return ResidentImages(
      side: CIFARVariant.side, classNames: classNames, labels: labels, pixels: pixels, names: .numbered(starts))
  }

  private func recordCount(_ file: String) throws -> Int {
    let path = folder + "/" + file
    let bytes = try FileBytes.size(path)
    guard bytes % variant.recordBytes == 0, bytes > 0 else {
      throw DataSourceError.brokenRecords(file: path, bytes: bytes, recordBytes: variant.recordBytes)
    }
    return bytes / variant.recordBytes
  }

  private func append(
    _ file: String, _ count: Int, to block: UnsafeMutableBufferPointer<UInt8>, _ labels: inout [Int]
  ) throws {
    let path = folder + "/" + file
    let recordsAtOnce = 1024
    var record = 0
    // A file that shrank since its size was taken gives a short read, which is an error of the reader.
    try FileBytes.readParts(path, size: count * variant.recordBytes, partSize: recordsAtOnce * variant.recordBytes) {
      part in
      for start in stride(from: 0, to: part.count, by: variant.recordBytes) {
        let bytes = UnsafeBufferPointer(rebasing: part[start..<(start + variant.recordBytes)])
        let target = labels.count * planeBytes * 3
        labels.append(try label(bytes, path, record))
        interleave(
          UnsafeBufferPointer(rebasing: bytes[variant.labelBytes.count...]),
          into: UnsafeMutableBufferPointer(rebasing: block[target..<(target + planeBytes * 3)]))
        record += 1
      }
    }
  }

  private func label(_ bytes: UnsafeBufferPointer<UInt8>, _ path: String, _ record: Int) throws -> Int {
    for (position, byte) in variant.labelBytes.enumerated() where Int(bytes[position]) >= byte.count {
      throw DataSourceError.labelByteOutOfRange(
        file: path, record: record, kind: byte.kind, label: Int(bytes[position]), classCount: byte.count)
    }
    return Int(bytes[variant.labelBytes.count - 1])
  }

  /// Three planes to three bytes per pixel: `[3, 32, 32]` to `[32, 32, 3]`.
  private func interleave(_ planes: UnsafeBufferPointer<UInt8>, into pixels: UnsafeMutableBufferPointer<UInt8>) {
    let count = planeBytes
    guard let source = planes.baseAddress, let target = pixels.baseAddress else { return }
    for i in 0..<count {
      target[i * 3] = source[i]
      target[i * 3 + 1] = source[count + i]
      target[i * 3 + 2] = source[2 * count + i]
    }
  }
}
