#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The natural logarithm, under a name that does not collide with `Tensor.log`.
func logarithm(_ value: Double) -> Double { log(value) }
