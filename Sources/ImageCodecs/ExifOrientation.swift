/// How a camera was held: the EXIF tag 0x0112, which says how stored pixels are to be turned for viewing.
///
/// Source: Exif 2.3, tag Orientation. The names say where row 0 and column 0 of the stored picture belong.
enum ExifOrientation: Int {
  case topLeft = 1
  case topRight
  case bottomRight
  case bottomLeft
  case leftTop
  case rightTop
  case rightBottom
  case leftBottom

  /// Whether width and height change places.
  var swapsSides: Bool { rawValue >= 5 }

  /// Reads the tag from a JPEG file; anything missing or malformed counts as upright, as in other readers.
  init(ofJPEG file: [UInt8]) {
    self = .topLeft
    var position = 2
    // Segments: 0xFF, marker, big-endian length that includes itself. The search ends where the picture data start.
    while position + 4 <= file.count, file[position] == 0xFF {
      let marker = file[position + 1]
      if marker == 0xFF {  // a fill byte
        position += 1
        continue
      }
      guard marker != 0xDA, marker != 0xD9 else { return }
      let length = Int(file[position + 2]) << 8 | Int(file[position + 3])
      guard length >= 2, position + 2 + length <= file.count else { return }
      let segment = file[(position + 4)..<(position + 2 + length)]
      if marker == 0xE1, segment.starts(with: [0x45, 0x78, 0x69, 0x66, 0, 0]) {  // "Exif", 0, 0
        self = ExifOrientation(ofTIFF: Array(segment.dropFirst(6))) ?? .topLeft
        return
      }
      position += 2 + length
    }
  }

  /// Reads the tag from the first directory of the TIFF structure inside the EXIF segment.
  private init?(ofTIFF bytes: [UInt8]) {
    guard bytes.count >= 8 else { return nil }
    let isLittleEndian = bytes.starts(with: [0x49, 0x49, 0x2A, 0])
    guard isLittleEndian || bytes.starts(with: [0x4D, 0x4D, 0, 0x2A]) else { return nil }
    func number(at offset: Int, bytes count: Int) -> Int? {
      guard offset >= 0, offset + count <= bytes.count else { return nil }
      let field = bytes[offset..<(offset + count)]
      return (isLittleEndian ? Array(field.reversed()) : Array(field)).reduce(0) { $0 << 8 | Int($1) }
    }
    guard let directory = number(at: 4, bytes: 4), let entries = number(at: directory, bytes: 2) else { return nil }
    for entry in 0..<entries {
      let start = directory + 2 + entry * 12
      guard let tag = number(at: start, bytes: 2) else { return nil }
      guard tag == 0x0112 else { continue }
      // Type 3 is a 16-bit number, stored at the front of the value field.
      guard number(at: start + 2, bytes: 2) == 3, let value = number(at: start + 8, bytes: 2) else { return nil }
      self.init(rawValue: value)
      return
    }
    return nil
  }
}
