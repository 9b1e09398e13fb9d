/// What `kinds.pth` and `kinds.safetensors` hold; see `Fixtures/generators/make_fixtures.py`.
enum Kinds {
  static let values: [(name: String, type: String, shape: [Int], values: [Double])] = [
    ("float64", "float64", [3], [0, 1.0 / 3, 2.0 / 3]),
    ("float32", "float32", [3], [0, 0.25, 0.5]),
    ("float16", "float16", [4], [-1.5, -0.5, 0.5, 1.5]),
    ("bfloat16", "bfloat16", [4], [-1, -0.5, 0, 0.5]),
    ("int64", "int64", [3], [-1, 0, 1]),
    ("int32", "int32", [3], [0, 1, 2]),
    ("int16", "int16", [3], [0, 1, 2]),
    ("int8", "int8", [3], [-2, -1, 0]),
    ("uint8", "uint8", [3], [250, 251, 252]),
    ("bool", "bool", [3], [1, 0, 1]),
    ("scalar", "float32", [], [2.5]),
    ("empty", "float32", [0, 3], []),
    ("base", "float32", [4, 6], (0..<24).map(Double.init)),
    ("transposed", "float32", [6, 4], (0..<6).flatMap { row in (0..<4).map { Double(row + 6 * $0) } }),
    ("columns", "float32", [4, 3], (0..<4).flatMap { row in [1, 3, 5].map { Double(6 * row + $0) } }),
    ("row", "float32", [6], (12..<18).map(Double.init)),
    ("expanded", "float32", [3, 2], [1, 2, 1, 2, 1, 2]),
    ("channels_last", "float32", [1, 2, 2, 3], (0..<12).map(Double.init)),
    ("parameter", "float32", [2], [0, 1]),
  ]
}
