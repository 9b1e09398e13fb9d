#if canImport(Glibc)
  import Glibc
#endif

/// What the processor of this machine can do.
enum Processor {
  /// Whether bfloat16 products are faster than float32 ones. Without instructions for them they are emulated. Intel's AVX-512
  /// instructions have no more throughput than those of float32 (a step of ResNet-32 takes 1.4 times as long), so there only the
  /// matrix unit (AMX) counts.
  static let multipliesBFloat16: Bool = {
    #if os(Linux)
      guard let file = fopen("/proc/cpuinfo", "r") else { return false }
      defer { fclose(file) }
      var line = [CChar](repeating: 0, count: 16_384)
      var isIntel = false
      while fgets(&line, Int32(line.count), file) != nil {
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if text.hasPrefix("vendor_id") { isIntel = text.contains("GenuineIntel") }
        guard text.hasPrefix("flags") || text.hasPrefix("Features") else { continue }
        let flags = Set(text.split(whereSeparator: \.isWhitespace))
        if flags.contains("amx_bf16") { return true }
        return !isIntel && (flags.contains("avx512_bf16") || flags.contains("bf16"))
      }
    #endif
    return false
  }()
}
