import ImageCodecs

/// A small map of values within 0...1, laid over an image: blue where it is low, red where it is high.
struct HeatOverlay {
  private let values: [Double]
  private let rows: Int
  private let columns: Int

  init(_ values: [Double], rows: Int, columns: Int) {
    self.values = values
    self.rows = rows
    self.columns = columns
  }

  /// The image in grey under the colours.
  func over(_ image: PixelImage) -> PixelImage {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(image.pixels.count)
    for row in 0..<image.height {
      for column in 0..<image.width {
        let value = value(
          row: (Double(row) + 0.5) / Double(image.height) * Double(rows) - 0.5,
          column: (Double(column) + 0.5) / Double(image.width) * Double(columns) - 0.5)
        let place = (row * image.width + column) * 3
        let grey = (0..<3).reduce(0) { $0 + Double(image.pixels[place + $1]) } / 3
        let colour = [255 * value, 255 * (1 - abs(2 * value - 1)), 255 * (1 - value)]
        bytes += colour.map { UInt8(min(255, max(0, 0.5 * grey + 0.5 * $0))) }
      }
    }
    return PixelImage(width: image.width, height: image.height, pixels: bytes)
  }

  /// Linear between the places of the map.
  private func value(row: Double, column: Double) -> Double {
    let (y, x) = (min(max(row, 0), Double(rows - 1)), min(max(column, 0), Double(columns - 1)))
    let (top, left) = (Int(y), Int(x))
    let (bottom, right) = (min(top + 1, rows - 1), min(left + 1, columns - 1))
    let (down, across) = (y - Double(top), x - Double(left))
    func at(_ row: Int, _ column: Int) -> Double { values[row * columns + column] }
    let upper = at(top, left) * (1 - across) + at(top, right) * across
    let lower = at(bottom, left) * (1 - across) + at(bottom, right) * across
    return upper * (1 - down) + lower * down
  }
}
