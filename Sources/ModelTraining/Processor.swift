#if canImport(Glibc)
  import Glibc
#endif

/// What the processor of this machine can do.
enum Processor {
  /// Whether it has instructions for bfloat16 products. Without them bfloat16 is emulated and slower than float32.
  static let multipliesBFloat16: Bool = {
    #if os(Linux)
      guard let file = fopen("/proc/cpuinfo", "r") else { return false }
      defer { fclose(file) }
      var line = [CChar](repeating: 0, count: 16_384)
      while fgets(&line, Int32(line.count), file) != nil {
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard text.hasPrefix("flags") || text.hasPrefix("Features") else { continue }
        let flags = Set(text.split(whereSeparator: \.isWhitespace))
        return flags.contains("avx512_bf16") || flags.contains("amx_bf16") || flags.contains("bf16")
      }
    #endif
    return false
  }()
}
