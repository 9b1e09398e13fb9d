import RunRecords

/// Large counts as people read them.
public enum CountText {
  /// A number in thousands, millions or billions: `3.87 M`.
  public static func short(_ number: Int) -> String {
    let (scale, unit) = number >= 1_000_000_000 ? (1e9, "G") : number >= 1_000_000 ? (1e6, "M") : (1e3, "k")
    return "\(RunQuery.decimal(Double(number) / scale, digits: 2)) \(unit)"
  }

  /// A number with a comma after each three digits: `3,870,000`.
  public static func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    return digits.enumerated().map { index, digit in
      index > 0 && (digits.count - index) % 3 == 0 ? ",\(digit)" : "\(digit)"
    }.joined()
  }
}
