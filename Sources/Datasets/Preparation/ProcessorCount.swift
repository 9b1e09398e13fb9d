import Foundation

/// The machine's resources, as defaults for workers and memory.
package enum ProcessorCount {
  package static var available: Int { max(ProcessInfo.processInfo.activeProcessorCount, 1) }

  /// Half of the memory of the machine, in bytes.
  package static var halfOfMemory: Int { Int(clamping: ProcessInfo.processInfo.physicalMemory / 2) }
}
