/// The parts of a date as data sets write it: `2018-05-03`, `2018-05-03 14:20:11`, `2018/5/3T14:20`, with or without a zone after it.
public struct RecordDate: Sendable, Hashable, Codable {
  /// The year.
  public var year: Int
  /// 1...12.
  public var month: Int
  /// 1...31.
  public var day: Int
  /// 0...23; absent without a time of day.
  public var hour: Int?
  /// 0...59; absent without a time of day.
  public var minute: Int?

  /// Reads the start of a text; `nil` if that is no date. What follows (seconds, a zone) is not looked at.
  public init?(_ text: some StringProtocol) {
    var rest = Substring(text).utf8.drop { $0 == 0x20 }
    func number(_ range: ClosedRange<Int>) -> Int? {
      let digits = rest.prefix { $0 &- 0x30 <= 9 }
      guard (1...4).contains(digits.count), let value = Int(Substring(digits)), range.contains(value) else {
        return nil
      }
      rest = rest.dropFirst(digits.count)
      return value
    }
    func take(_ bytes: Set<UInt8>) -> Bool {
      guard let first = rest.first, bytes.contains(first) else { return false }
      rest = rest.dropFirst()
      return true
    }
    let separators: Set<UInt8> = [UInt8(ascii: "-"), UInt8(ascii: "/")]
    guard let year = number(1...9999), take(separators), let month = number(1...12), take(separators),
      let day = number(1...31)
    else { return nil }
    (self.year, self.month, self.day) = (year, month, day)
    guard take([UInt8(ascii: " "), UInt8(ascii: "T")]), let hour = number(0...23), take([UInt8(ascii: ":")]),
      let minute = number(0...59)
    else { return }
    (self.hour, self.minute) = (hour, minute)
  }
}
